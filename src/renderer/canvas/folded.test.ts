import { describe, expect, it } from 'vitest'
import { mapCards, noCards } from './cards'
import { drawnOf, mapFrames, mapNodes, mapWires } from './flow-mapping'
import { foldedInto, foldedSize } from './folded'
import { testSpecs as specs, testDocument } from './testing'

const frame = (nodes: string[], collapsed = true) => ({ id: 'f', title: 'Ask', nodes, collapsed })
const folded = (nodes: string[], collapsed = true) => ({
  ...testDocument,
  ui: {
    ...testDocument.ui,
    frames: [frame(nodes, collapsed)],
    notes: [{ id: 'n', x: 0, y: 0, width: 9, height: 9, text: '', attachedTo: 'ask' }],
  },
})
const flowOf = (document: typeof testDocument) => {
  const cards = mapNodes(document, [], mapCards(document, specs, noCards))
  return { nodes: [...mapFrames(document, cards, []), ...cards], wires: mapWires(document, specs, []) }
}

describe('a folded frame', () => {
  it('hides its nodes and the notes on them, which keep their places', () => {
    const { nodes } = flowOf(folded(['ask', 'gather']))
    expect(drawnOf(nodes).map(({ id }) => id)).toEqual(['frame:f', 'ghost', '@question', '=answer'])
    expect(nodes.find(({ id }) => id === 'ask')?.position).toEqual({ x: 300, y: 40 })
    const box = nodes[0]
    expect([box?.width, box?.height]).toEqual([foldedSize.width, foldedSize.height])
  })
  it('ends the wires that cross its edge, and hides those inside', () => {
    const { wires } = flowOf(folded(['ask', 'gather']))
    expect(wires.map(({ id, source, target, sourceHandle, targetHandle }) => [id, source, sourceHandle, target, targetHandle])).toEqual([
      ['@question>ask.prompt', '@question', 'out:', 'frame:f', 'in:'],
      ['ghost.out>ask.heat', 'ghost', 'out:out', 'frame:f', 'in:'],
      ['ask.text>=answer', 'frame:f', 'out:', '=answer', 'in:'],
    ])
    expect(wires[0]?.data?.to).toBe('ask.prompt')
  })
  it('gives everything back when it is unfolded', () => {
    const open = folded(['ask', 'gather'], false)
    const { nodes, wires } = flowOf(folded(['ask', 'gather']))
    const cards = mapNodes(open, nodes, mapCards(open, specs, noCards))
    expect(drawnOf(cards)).toHaveLength(cards.length)
    expect(mapWires(open, specs, wires).find(({ id }) => id === '@question>ask.prompt')?.target).toBe('ask')
    const [unfolded] = mapFrames(open, cards, nodes)
    expect(unfolded?.handles).toBeUndefined()
    expect(unfolded?.height).toBeGreaterThan(foldedSize.height)
  })
  it('is the only one to hold a node that two frames hold', () => {
    const ui = {
      notes: [],
      frames: [
        { ...frame(['a']), collapsed: false },
        { ...frame(['a']), id: 'g' },
        { ...frame(['a']), id: 'h' },
      ],
    }
    expect([...foldedInto(ui)]).toEqual([['a', 'frame:g']])
  })
})
