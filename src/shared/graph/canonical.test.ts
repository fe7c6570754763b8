import { describe, expect, it } from 'vitest'
import { semanticHash, serializeGraph } from './canonical'
import { GRAPH_FORMAT, type GraphDocument, graphDocument } from './document'
import { loadGraph } from './load'

const sample: GraphDocument = graphDocument.parse({
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g_1',
  name: 'Two drafters, one judge',
  interface: {
    inputs: { question: { type: 'text', required: true } },
    outputs: { answer: { type: 'text', from: 'rank.text' } },
  },
  models: { small: { catalog: 'toy-base' } },
  nodes: {
    rank: { type: 'ranker', v: 2, title: 'Rank\n"all" → of them', params: { method: 'pairwise', model: 'model:small' }, seed: 7 },
    draft: { type: 'language-model', params: { temperature: 0.7 } },
  },
  wires: [
    { from: 'draft.text', to: 'rank.candidates#10' },
    { from: 'draft.text', to: 'rank.candidates#2' },
    { from: '@question', to: 'draft.prompt' },
  ],
  subgraphs: { inner: { nodes: { t: { type: 'text' } } } },
  ui: {
    nodes: { rank: { x: 640.4, y: -0.2 } },
    notes: [{ id: 'n', x: 1.5, y: 2, width: 100, height: 50, text: 'hello' }],
    viewport: [1.2, 3.4, 0.87654],
  },
})

const changedLines = (a: string, b: string): number => {
  const before = a.split('\n')
  const after = b.split('\n')
  expect(after.length).toBe(before.length)
  return before.filter((line, i) => line !== after[i]).length
}

describe('serializeGraph', () => {
  it('gives the same document again', () => {
    const loaded = loadGraph(serializeGraph(sample))
    expect(loaded).toMatchObject({ ok: true, issues: [] })
    if (loaded.ok) expect(serializeGraph(loaded.document)).toBe(serializeGraph(sample))
  })

  it('does not depend on the order of keys or wires', () => {
    const turned = { ...sample, nodes: { draft: sample.nodes.draft!, rank: sample.nodes.rank! }, wires: sample.wires.toReversed() }
    expect(serializeGraph(turned)).toBe(serializeGraph(sample))
  })

  it('puts one node and one wire on a line, wires in the order of their port', () => {
    const lines = serializeGraph(sample).split('\n')
    expect(lines.filter((line) => line.startsWith('    "rank": {"params"'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('"from":"draft.text"')).map((line) => /#\d+/.exec(line)?.[0])).toEqual(['#2', '#10'])
    expect(lines.at(-1)).toBe('')
  })

  it('rounds layout and nothing else', () => {
    const text = serializeGraph(sample)
    expect(text).toContain('"rank": {"x":640,"y":0}')
    expect(text).toContain('"viewport": [1,3,0.877]')
    expect(text).toContain('"temperature":0.7')
  })

  it.each([
    ['a param', { ...sample, nodes: { ...sample.nodes, draft: { ...sample.nodes.draft!, params: { temperature: 0.8 } } } }],
    ['a title', { ...sample, nodes: { ...sample.nodes, rank: { ...sample.nodes.rank!, title: 'Sort' } } }],
    ['a position', { ...sample, ui: { ...sample.ui, nodes: { rank: { x: 700, y: 10 } } } }],
    ['the name', { ...sample, name: 'One judge' }],
  ])('changes one line when %s changes', (_what, changed) => {
    expect(changedLines(serializeGraph(sample), serializeGraph(changed))).toBe(1)
  })
})

describe('semanticHash', () => {
  it('ignores layout in the graph and in subgraphs', () => {
    const inner = sample.subgraphs.inner!
    const moved = {
      ...sample,
      ui: { ...sample.ui, nodes: {} },
      subgraphs: { inner: { ...inner, ui: { ...inner.ui, nodes: { t: { x: 1, y: 2 } } } } },
    }
    expect(semanticHash(moved)).toBe(semanticHash(sample))
  })

  it('changes with a param, a wire and a title', () => {
    const without = { ...sample, wires: sample.wires.slice(1) }
    const retitled = { ...sample, nodes: { ...sample.nodes, draft: { ...sample.nodes.draft!, title: 'Draft' } } }
    const hashes = new Set([sample, without, retitled].map(semanticHash))
    expect(hashes.size).toBe(3)
  })
})
