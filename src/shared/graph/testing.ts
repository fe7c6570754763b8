import type { NodeSpec } from '../node-spec'
import { GRAPH_FORMAT, type GraphDocument, graphDocument } from './document'
import { type NodeSpecs, specsByType } from './specs'

/** A handful of node types and a way to write graphs down, for tests of the kernels. */
const base = { version: 1, family: 'io', effect: 'pure', resource: 'cpu', inputs: {}, outputs: {}, params: {} } as const
const text = (summary: string) => ({ wire: 'text', summary }) as const

export const testSpecs: NodeSpecs = specsByType([
  {
    ...base,
    type: 'text',
    title: 'Text',
    summary: 'gives a text',
    outputs: { text: text('the text') },
    params: { text: { kind: 'text', default: '', summary: 'the text' } },
  },
  {
    ...base,
    type: 'template',
    title: 'Prompt template',
    summary: 'fills slots',
    outputs: { text: text('the filled template') },
    params: { template: { kind: 'text', default: '{{question}}', summary: 'with {{slots}}' } },
    slots: { param: 'template', wire: 'text' },
  },
  {
    ...base,
    type: 'lm',
    version: 2,
    title: 'Language model',
    summary: 'answers',
    family: 'ensemble',
    resource: 'model',
    stochastic: true,
    inputs: { prompt: { wire: 'text', arity: 'one', summary: 'what to answer' } },
    outputs: { text: text('the answer'), distribution: { wire: 'distribution', summary: 'lazily' } },
    params: {
      model: { kind: 'model', default: null, needs: 'text', summary: 'which' },
      temperature: { kind: 'number', default: 0.7, min: 0, max: 2, summary: 'how bold' },
      maxTokens: { kind: 'number', default: 256, min: 1, max: 4096, integer: true, summary: 'at most' },
      mode: {
        kind: 'choice',
        default: 'chat',
        options: [
          { value: 'chat', title: 'Chat' },
          { value: 'raw', title: 'Raw' },
        ],
        summary: 'how',
      },
    },
    migrations: [
      { from: 1, renameParams: { temp: 'temperature' }, renameInputs: { question: 'prompt' }, renameOutputs: { answer: 'text' } },
    ],
  },
  {
    ...base,
    type: 'rank',
    title: 'Ranker',
    summary: 'orders candidates',
    inputs: {
      candidates: { wire: 'text', arity: 'some', summary: 'to order' },
      question: { wire: 'text', arity: 'optional', summary: 'asked' },
    },
    outputs: { best: text('the best'), scores: { wire: 'scores', summary: 'how good' } },
  },
  {
    ...base,
    type: 'documents',
    title: 'Documents',
    summary: 'reads documents',
    effect: 'reads-world',
    resource: 'io',
    outputs: { documents: { wire: 'documents', summary: 'the documents' } },
    params: { source: { kind: 'resource', default: null, accepts: ['folder'], summary: 'where' } },
  },
  {
    ...base,
    type: 'documents-to-text',
    title: 'Documents to text',
    summary: 'joins documents',
    inputs: { documents: { wire: 'documents', arity: 'one', summary: 'to join' } },
    outputs: { text: text('joined') },
  },
  {
    ...base,
    type: 'pick',
    title: 'Pick',
    summary: 'picks out of JSON',
    inputs: { json: { wire: 'json', arity: 'one', summary: 'from where' } },
    outputs: { value: { wire: 'any', summary: 'what was picked' } },
    params: {
      kind: {
        kind: 'choice',
        default: 'text',
        options: [
          { value: 'text', title: 'Text' },
          { value: 'number', title: 'Number' },
        ],
        summary: 'as',
      },
    },
    outputKindFrom: { output: 'value', param: 'kind' },
  },
  { ...base, type: 'subgraph', title: 'Subgraph', summary: 'runs an inner graph', family: 'flow', container: 'subgraph' },
  { ...base, type: 'map', title: 'Map', summary: 'runs an inner graph for each item', family: 'flow', container: 'map' },
  {
    ...base,
    type: 'loop',
    title: 'Loop',
    summary: 'runs an inner graph again and again',
    family: 'flow',
    container: 'loop',
    params: { times: { kind: 'number', default: 3, min: 1, max: 1000, integer: true, summary: 'how often' } },
  },
  {
    ...base,
    type: 'write',
    title: 'Write',
    summary: 'writes a file',
    effect: 'writes-world',
    inputs: { text: { wire: 'text', arity: 'one', summary: 'what' } },
  },
] satisfies NodeSpec[])

type NodeSketch = Partial<GraphDocument['nodes'][string]> & { readonly type: string }
type Sketch = {
  readonly nodes?: { readonly [id: string]: NodeSketch | string }
  readonly wires?: readonly string[]
} & { readonly [key: string]: unknown }

/** `graph({ nodes: { a: 'text', b: { type: 'lm' } }, wires: ['a.text > b.prompt'] })`; node versions are those of the specs. */
export function graph(sketch: Sketch = {}): GraphDocument {
  return graphDocument.parse({ format: GRAPH_FORMAT, version: 1, id: 'g_test', name: 'Test', ...body(sketch) })
}

/** The same for an inner graph. */
export function body({ nodes = {}, wires = [], ...rest }: Sketch): { readonly [key: string]: unknown } {
  const full = Object.entries(nodes).map(([id, node]) => {
    const sketch = typeof node === 'string' ? { type: node } : node
    return [id, { v: testSpecs.get(sketch.type)?.version ?? 1, params: {}, ...sketch }]
  })
  const ends = wires.map((wire) => {
    const [from, to] = wire.split(' > ')
    return { from, to }
  })
  return { ...rest, nodes: Object.fromEntries(full), wires: ends }
}

/** Small deterministic random numbers (mulberry32) for tests that must repeat exactly. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
