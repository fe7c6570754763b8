import type { GraphDocument, GraphNode } from '../../../shared/graph/document'
import type { RunEvent, RunEventType } from '../../../shared/run/events'
import type { WireKind } from '../../../shared/wire'
import { defineNode, type NodeDefinition, type RunContext } from '../../node-runtime'
import { createExecutor, type Executor, type RunHandle, type RunOptions } from '..'
import type { ExecutorParts, RunStore } from '../interfaces'

/** What stub nodes did, and what they wait for: tests read and set it. */
export interface Bench {
  readonly counts: Map<string, number>
  readonly executor: Executor
  ran(text: string): number
}

const port = { arity: 'one', summary: 'in' } as const
const base = { version: 1, title: 'Stub', family: 'io', summary: 'a stub', effect: 'pure', resource: 'cpu' } as const
const text = (name: string) => ({ kind: 'text', default: '', summary: name }) as const

/** Stub node kinds: each counts its runs under what it was given, so that a test can say how often it ran. */
export function stubs(counts: Map<string, number>): NodeDefinition[] {
  const count = (name: string): number => {
    const next = (counts.get(name) ?? 0) + 1
    counts.set(name, next)
    return next
  }
  const wait = (ms: number, { signal }: RunContext): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    })
  return [
    defineNode(
      { ...base, type: 'say', inputs: {}, outputs: { text: { wire: 'text', summary: 'out' } }, params: { text: text('what') } },
      ({ params }) => {
        count(`say ${params.text}`)
        return { text: params.text }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'upper',
        inputs: { text: { ...port, wire: 'text' } },
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: { suffix: text('end') },
      },
      ({ inputs, params }) => {
        count(`upper ${inputs.text}`)
        return { text: inputs.text.toUpperCase() + params.suffix }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'join',
        inputs: { texts: { wire: 'text', arity: 'some', summary: 'in' } },
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: {},
      },
      ({ inputs }) => {
        count('join')
        return { text: inputs.texts.join('+') }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'split',
        inputs: { text: { ...port, wire: 'text' } },
        outputs: { items: { wire: 'text', list: true, summary: 'out' } },
        params: {},
      },
      ({ inputs }) => ({ items: inputs.text === '' ? [] : inputs.text.split(',') }),
    ),
    defineNode(
      {
        ...base,
        type: 'sleep',
        inputs: { text: { wire: 'text', arity: 'optional', summary: 'in' } },
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: { ms: { kind: 'number', default: 50, summary: 'how long' } },
      },
      async ({ inputs, params, context }) => {
        count('sleep')
        await wait(params.ms, context)
        return { text: inputs.text ?? 'slept' }
      },
    ),
    defineNode(
      { ...base, type: 'deaf', inputs: {}, outputs: { text: { wire: 'text', summary: 'out' } }, params: {} },
      () => new Promise<{ text: string }>(() => undefined),
    ),
    defineNode(
      {
        ...base,
        type: 'fail',
        inputs: { text: { wire: 'text', arity: 'optional', summary: 'in' } },
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: { times: { kind: 'number', default: 1000, summary: 'how often' }, on: text('which') },
      },
      async ({ inputs, params }) => {
        const runs = count(`fail ${inputs.text ?? ''}`)
        if (runs <= params.times && (params.on === '' || params.on === inputs.text)) throw new Error('it broke')
        return { text: `ok ${inputs.text ?? ''}` }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'pick',
        inputs: { text: { ...port, wire: 'text' } },
        outputs: { left: { wire: 'text', summary: 'l' }, right: { wire: 'text', summary: 'r' } },
        params: { side: text('which') },
      },
      ({ inputs, params }) => ({ [params.side]: inputs.text }) as unknown as { left: string; right: string },
    ),
    defineNode(
      {
        ...base,
        type: 'dice',
        stochastic: true,
        inputs: { text: { wire: 'text', arity: 'optional', summary: 'in' } },
        outputs: { number: { wire: 'number', summary: 'out' } },
        params: {},
      },
      ({ context }) => {
        count('dice')
        return { number: context.seed }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'write',
        effect: 'writes-world',
        inputs: { text: { ...port, wire: 'text' } },
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: {},
      },
      ({ inputs }) => {
        count(`write ${inputs.text}`)
        return { text: inputs.text }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'read',
        effect: 'reads-world',
        inputs: {},
        outputs: { text: { wire: 'text', summary: 'out' } },
        params: { source: { kind: 'resource', default: null, accepts: ['file'], summary: 'file' } },
      },
      ({ params }) => {
        count('read')
        return { text: params.source }
      },
    ),
    defineNode(
      {
        ...base,
        type: 'add',
        inputs: {},
        outputs: { number: { wire: 'number', summary: 'out' }, big: { wire: 'boolean', summary: 'is it' } },
        params: { number: { kind: 'number', default: 0, summary: 'to' }, by: { kind: 'number', default: 1, summary: 'by' } },
      },
      ({ params }) => ({ number: params.number + params.by, big: params.number + params.by >= 10 }),
    ),
    defineNode(
      { ...base, type: 'chatter', streams: true, inputs: {}, outputs: { text: { wire: 'text', summary: 'out' } }, params: {} },
      async ({ context }) => {
        for (let i = 0; i < 200; i++) {
          context.stream(`${i} `)
          if (i % 20 === 0) await wait(1, context)
        }
        context.progress(200, 200, 'words')
        return { text: 'done' }
      },
    ),
    ...(['map', 'loop', 'subgraph'] as const).map(
      (container): NodeDefinition => ({
        spec: { ...base, type: container, container, inputs: {}, outputs: {}, params: containerParams[container] },
        run: () => Promise.reject(new Error('containers are expanded')),
      }),
    ),
  ]
}

const containerParams = {
  map: {
    parallel: { kind: 'number', default: 4, summary: 'n' },
    onItemError: {
      kind: 'choice',
      default: 'stop',
      options: ['stop', 'skip', 'null'].map((value) => ({ value, title: value })),
      summary: 'what',
    },
  },
  loop: { times: { kind: 'number', default: 3, summary: 'n' }, until: text('stop') },
  subgraph: {},
} as const

export function createBench(store: RunStore, changes: Partial<ExecutorParts> = {}): Bench {
  const counts = new Map<string, number>()
  const definitions = new Map(stubs(counts).map((definition) => [definition.spec.type, definition]))
  const unavailable = (): never => {
    throw new Error('not in this test')
  }
  const executor = createExecutor({
    catalog: { get: (type) => definitions.get(type), specs: () => [...definitions.values()].map(({ spec }) => spec) },
    store,
    models: { pool: { open: unavailable, decode: unavailable, decodeAll: unavailable }, resolve: unavailable },
    resources: { fingerprint: async (id) => id, documents: unavailable, dataset: unavailable, file: unavailable },
    weights: { write: unavailable },
    ...changes,
  })
  return { counts, executor, ran: (name) => counts.get(name) ?? 0 }
}

type NodeSketch = Partial<GraphNode> & { readonly type: string }
export interface Sketch {
  readonly id?: string
  readonly nodes: Readonly<Record<string, NodeSketch>>
  /** `from → to` */
  readonly wires?: readonly (readonly [string, string])[]
  readonly inputs?: GraphDocument['interface']['inputs']
  readonly outputs?: Readonly<Record<string, readonly [WireKind, string]>>
  readonly subgraphs?: Readonly<Record<string, Sketch>>
}

/** A graph document from its essentials. */
export function graph(sketch: Sketch): GraphDocument {
  const subgraphs = Object.fromEntries(Object.entries(sketch.subgraphs ?? {}).map(([id, inner]) => [id, body(inner)]))
  return { format: 'tributary/graph', version: 1, id: sketch.id ?? 'g', name: 'Test', models: {}, subgraphs, ...body(sketch) }
}

function body({ nodes, wires = [], inputs = {}, outputs = {} }: Sketch): Pick<GraphDocument, 'interface' | 'nodes' | 'wires' | 'ui'> {
  return {
    interface: { inputs, outputs: Object.fromEntries(Object.entries(outputs).map(([name, [type, from]]) => [name, { type, from }])) },
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, { v: 1, params: {}, ...node }])),
    wires: wires.map(([from, to]) => ({ from, to })),
    ui: { nodes: {}, frames: [], notes: [] },
  }
}

export interface Ran {
  readonly id: string
  readonly events: readonly RunEvent[]
  readonly outcome: Awaited<RunHandle['done']>
  /** data of the interface outputs */
  readonly outputs: Readonly<Record<string, unknown>>
  of<T extends RunEventType>(type: T): Extract<RunEvent, { type: T }>[]
  /** nodes that really ran, in order */
  readonly ran: readonly string[]
}

export async function run(
  bench: Bench,
  document: GraphDocument,
  inputs: Record<string, unknown> = {},
  options: RunOptions = {},
): Promise<Ran> {
  return follow(bench, bench.executor.start({ document, inputs, options }))
}

export async function follow(bench: Bench, handle: RunHandle): Promise<Ran> {
  const events: RunEvent[] = []
  handle.subscribe((batch) => events.push(...batch), 0)
  const outcome = await handle.done
  const of: Ran['of'] = (type) => events.filter((event): event is Extract<RunEvent, { type: typeof type }> => event.type === type)
  return {
    id: handle.id,
    events,
    outcome,
    outputs: Object.fromEntries(Object.entries(outcome.outputs).map(([name, { sha }]) => [name, bench.executor.value(sha).data])),
    of,
    ran: of('node.start').map(({ node }) => node),
  }
}

/** What a run pauses at, as it comes: `paused` resolves with the next node that an event of this type names. */
export function pausesOf(handle: RunHandle, type: 'break.hit' | 'break.token') {
  const events: RunEvent[] = []
  const hits: string[] = []
  const wanted: ((node: string) => void)[] = []
  handle.subscribe((batch) => {
    for (const event of batch) {
      events.push(event)
      if (event.type !== type) continue
      const next = wanted.shift()
      if (next) next(event.node)
      else hits.push(event.node)
    }
  }, 0)
  const paused = (): Promise<string> => {
    const hit = hits.shift()
    return hit === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(hit)
  }
  return { events, paused }
}
