import { createExecutor, type RunOutcome } from '../src/main/executor'
import { defineNode } from '../src/main/node-runtime'
import type { Store } from '../src/main/store'
import type { GraphDocument } from '../src/shared/graph/document'

export { openStore } from '../src/main/store'

const common = { version: 1, title: 'Stub', family: 'io', summary: 'adds', effect: 'pure', resource: 'cpu' } as const

/** The least that a node can do: one number in, one number out. */
const add = defineNode(
  {
    ...common,
    type: 'add',
    inputs: { number: { wire: 'number', arity: 'optional', summary: 'to' } },
    outputs: { number: { wire: 'number', summary: 'sum' } },
    params: { by: { kind: 'number', default: 1, summary: 'by' } },
  },
  ({ inputs, params }) => ({ number: (inputs.number ?? 0) + params.by }),
)

const sum = defineNode(
  {
    ...common,
    type: 'sum',
    inputs: { numbers: { wire: 'number', arity: 'many', summary: 'all' } },
    outputs: { number: { wire: 'number', summary: 'sum' } },
    params: {},
  },
  ({ inputs }) => ({ number: inputs.numbers.reduce((total, number) => total + number, 0) }),
)

export function createBenchExecutor(store: Store): (document: GraphDocument) => Promise<{ outcome: RunOutcome }> {
  const definitions = new Map([add, sum].map((definition) => [definition.spec.type, definition]))
  const unavailable = (): never => {
    throw new Error('not in this bench')
  }
  const executor = createExecutor({
    catalog: { get: (type) => definitions.get(type), specs: () => [add.spec, sum.spec] },
    store,
    models: { pool: { open: unavailable, decode: unavailable, decodeAll: unavailable }, resolve: unavailable },
    resources: { fingerprint: unavailable, documents: unavailable, dataset: unavailable, file: unavailable },
    weights: { write: unavailable },
  })
  return async (document) => ({ outcome: await executor.start({ document }).done })
}

/** a0 → a1 → … */
export function chain(nodes: number): GraphDocument {
  const ids = Array.from({ length: nodes }, (_, i) => `a${i}`)
  const wires = ids.slice(1).map((id, i) => ({ from: `${ids[i]}.number`, to: `${id}.number` }))
  return graph(Object.fromEntries(ids.map((id) => [id, { type: 'add', v: 1, params: {} }])), wires, `${ids.at(-1)}.number`)
}

/** one → many → one; every node in the middle has a param of its own, so that none is a copy of another */
export function fan(nodes: number): GraphDocument {
  const ids = Array.from({ length: nodes - 2 }, (_, i) => `m${i}`)
  const middle = ids.map((id, i) => [id, { type: 'add', v: 1, params: { by: i } }] as const)
  const wires = ids.flatMap((id, i) => [
    { from: 'first.number', to: `${id}.number` },
    { from: `${id}.number`, to: `last.numbers#${i}` },
  ])
  const ends = { first: { type: 'add', v: 1, params: {} }, last: { type: 'sum', v: 1, params: {} } }
  return graph({ ...ends, ...Object.fromEntries(middle) }, wires, 'last.number')
}

function graph(nodes: GraphDocument['nodes'], wires: GraphDocument['wires'], from: string): GraphDocument {
  return {
    format: 'tributary/graph',
    version: 1,
    id: 'g',
    name: 'Bench',
    models: {},
    subgraphs: {},
    interface: { inputs: {}, outputs: { answer: { type: 'number', from } } },
    nodes,
    wires,
    ui: { nodes: {}, frames: [], notes: [] },
  }
}
