import type { GraphDocument } from '../../../shared/graph/document'
import { specsByType } from '../../../shared/graph/specs'
import type { Json } from '../../../shared/json'
import type { Store } from '../../store'
import { type BatchRoom, createBatches } from '..'
import type { BatchParts } from '../parts'

/** A graph of one input and one output; nothing in it runs, `answer` says what comes out. */
export const document: GraphDocument = {
  format: 'tributary/graph',
  version: 1,
  id: 'g',
  name: 'Echo',
  models: {},
  subgraphs: {},
  interface: { inputs: { q: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'echo.text' } } },
  nodes: { echo: { type: 'echo', v: 1, params: { mark: '' } } },
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
}

const echo = {
  type: 'echo',
  version: 1,
  title: 'Echo',
  family: 'io',
  summary: 'says it again',
  inputs: {},
  outputs: { text: { wire: 'text', summary: 'out' } },
  params: { mark: { kind: 'text', default: '', summary: 'end' } },
  effect: 'pure',
  resource: 'cpu',
} as const

export interface FakeRuns {
  readonly batches: BatchRoom
  /** how often each question was run */
  readonly counts: Map<string, number>
  /** the most that ran at once */
  most(): number
}

/** The room over a real store, with runs that take `ms` and answer `<question><mark>`; a question that starts with “bad” fails while `bad()` says so. */
export function fakeRuns(store: Store, { ms = 0, bad = () => true }: { ms?: number; bad?: () => boolean } = {}): FakeRuns {
  const counts = new Map<string, number>()
  let active = 0
  let most = 0
  let number = 0
  const startRun: BatchParts['startRun'] = async ({ document: graph, inputs }) => {
    const question = String(inputs.q)
    const text = `${question}${String(graph.nodes.echo?.params.mark)}`
    counts.set(text, (counts.get(text) ?? 0) + 1)
    active++
    most = Math.max(most, active)
    const sha = `sha-${text}`
    store.values.put({ sha, kind: 'text', list: false, json: JSON.stringify(text), mentions: [] })
    let stop: () => void = () => undefined
    const done = new Promise<Awaited<Awaited<ReturnType<BatchParts['startRun']>>['done']>>((resolve) => {
      const totals = { wallMs: ms, tokens: 1, decodeMs: 0 }
      const end = (status: 'done' | 'failed' | 'stopped') => () => {
        clearTimeout(timer)
        active--
        resolve({
          status,
          totals,
          outputs: status === 'done' ? { answer: { kind: 'text', list: false, sha, preview: text as Json } } : {},
          ...(status === 'failed' ? { error: { code: 'node-failed', message: 'It is bad.' } } : {}),
        })
      }
      const timer = setTimeout(end(question.startsWith('bad') && bad() ? 'failed' : 'done'), ms)
      stop = end('stopped')
    })
    return { id: `r_${number++}`, stop, done }
  }
  const batches = createBatches({
    store,
    specs: specsByType([echo]),
    check: async () => undefined,
    startRun,
    newId: (prefix) => `${prefix}_${number++}`,
    worker: { kind: 'test', pid: process.pid, machine: 'here' },
  })
  return { batches, counts, most: () => most }
}

export const dataset = (questions: readonly string[]) => ({
  name: 'questions',
  columns: ['question', 'gold'],
  rows: questions.map((question) => ({ question, gold: question })),
})

export const definition = (changes: object = {}) => ({
  map: { q: '.question' },
  variants: [{ name: 'A' }, { name: 'B', set: { 'echo.mark': '!' } }],
  metrics: [
    { name: 'exact', kind: 'exact', expected: '.gold' },
    { name: 'em', kind: 'em', expected: '.gold' },
  ],
  ...changes,
})
