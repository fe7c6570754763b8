import { expect, it } from 'vitest'
import { graphOfText } from './recipes'

const house = { shelf: { list: async () => [] }, specs: new Map() } as unknown as Parameters<typeof graphOfText>[0]

it('tells what is wrong in a YAML file as that of a configuration, and in any other text as that of a graph', async () => {
  const broken = 'models: [1, 2\n  merge_method: ties'
  await expect(graphOfText(house, broken, 'mine.yml')).rejects.toThrow(/^This MergeKit configuration/)
  await expect(graphOfText(house, 'models: []', 'mine.YAML')).rejects.toThrow(/^This MergeKit configuration/)
  await expect(graphOfText(house, broken, 'mine.json')).rejects.toThrow(/is not JSON/)
  // a graph file under another name is one
  await expect(graphOfText(house, '{"format": 1', 'mine.yml')).rejects.toThrow(/is not JSON|cannot be opened/)
  await expect(graphOfText(house, broken)).rejects.toThrow(/is not JSON/)
})
