import { GRAPH_FORMAT, type GraphDocument } from '../../shared/graph/document'
import { specsByType } from '../../shared/graph/specs'
import type { NodeSpec } from '../../shared/node-spec'

/** A handful of node kinds and a graph, for tests only. */
const base = { version: 1, summary: 'x', effect: 'pure', resource: 'cpu' } as const

const specs: NodeSpec[] = [
  {
    ...base,
    type: 'text',
    title: 'Text',
    family: 'io',
    inputs: {},
    outputs: { text: { wire: 'text', summary: '' } },
    params: { text: { kind: 'text', default: '', summary: '' } },
  },
  {
    ...base,
    type: 'model-node',
    title: 'Model',
    family: 'io',
    inputs: { prompt: { wire: 'text', arity: 'one', summary: '' }, drafter: { wire: 'drafter', arity: 'optional', summary: '' } },
    outputs: { text: { wire: 'text', summary: '' } },
    params: { model: { kind: 'model', default: null, needs: 'text', summary: '' }, heat: { kind: 'number', default: 0, summary: '' } },
  },
  {
    ...base,
    type: 'gather',
    title: 'Gather',
    family: 'ensemble',
    inputs: { texts: { wire: 'text', arity: 'some', summary: '' } },
    outputs: { candidates: { wire: 'candidates', summary: '' } },
    params: {},
  },
]
export const testSpecs = specsByType(specs)

export const testDocument: GraphDocument = {
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g_test',
  name: 'test',
  models: {},
  subgraphs: {},
  interface: { inputs: { question: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'ask.text' } } },
  nodes: {
    ask: { type: 'model-node', v: 1, params: {} },
    gather: { type: 'gather', v: 1, params: {} },
    ghost: { type: 'gone', v: 1, params: {} },
  },
  wires: [
    { from: '@question', to: 'ask.prompt' },
    { from: 'ask.text', to: 'gather.texts#0' },
    { from: 'ghost.out', to: 'ask.heat' },
  ],
  ui: { nodes: { ask: { x: 300, y: 40 } }, frames: [], notes: [{ id: 'n', x: 0, y: 0, width: 100, height: 80, text: 'hi' }] },
}
