import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../shared/graph/document'
import type { App } from '../app'
import { graphFromFile } from './graph-argument'
import { applyOverrides } from './overrides'

const document = {
  format: 'tributary/graph',
  version: 1,
  id: 'g',
  name: 'Test',
  interface: { inputs: {}, outputs: {} },
  models: {},
  nodes: { j: { type: 'join-text', v: 1, params: {} } },
  wires: [],
  subgraphs: {},
  ui: { nodes: {}, frames: [], notes: [] },
} satisfies GraphDocument
const noApp = {} as App
const set = (assignment: string): Promise<GraphDocument> => applyOverrides(document, { set: [assignment], model: [] }, noApp)

describe('--set', () => {
  it('changes a param for this run', async () => {
    expect((await set('j.separator=, ')).nodes.j?.params).toEqual({ separator: ', ' })
    expect(document.nodes.j.params).toEqual({})
  })

  it('refuses a param that the node does not have, and offers the nearest', async () => {
    await expect(set('j.seperator=x')).rejects.toMatchObject({
      code: 'usage',
      message: 'Node “j” has no param “seperator”.',
      hint: 'Did you mean “separator”?',
    })
  })
})

it('says that a graph file is not there', async () => {
  await expect(graphFromFile('/no/such.trib.json')).rejects.toMatchObject({ code: 'graph-not-found' })
})
