import { describe, expect, it } from 'vitest'
import { apply } from '../apply'
import { semanticHash, serializeGraph } from '../canonical'
import { reverse } from '../diff'
import { loadGraph } from '../load'
import { graph, testSpecs } from '../testing'
import { allForks, forkOf, forksOf, keepVariant, setFork } from './forks'

const before = graph({ nodes: { writer: { type: 'lm', v: 2, params: { temperature: 0.7 } } } })
const fork = { node: 'writer', param: 'temperature', values: [0.2, 0.7, 1.2] }

describe('a forked param', () => {
  const { document, diff } = setFork(before, fork)

  it('keeps its variants beside the graph: the meaning, and what a run does, stay the same', () => {
    expect(forksOf(document)).toEqual([fork])
    expect(semanticHash(document)).toBe(semanticHash(before))
    expect(document.nodes).toBe(before.nodes)
  })

  it('is saved with the graph, and undone byte for byte', () => {
    const loaded = loadGraph(serializeGraph(document), { specs: testSpecs })
    expect(loaded.ok && forksOf(loaded.document)).toEqual([fork])
    expect(loaded.ok && loaded.issues).toEqual([])
    expect(serializeGraph(apply(document, reverse(diff)))).toBe(serializeGraph(before))
  })

  it('ends with its winner as the value', () => {
    const kept = keepVariant(document, { node: 'writer', param: 'temperature', index: 2 }).document
    expect(kept.nodes.writer?.params.temperature).toBe(1.2)
    expect(forkOf(kept, 'writer', 'temperature')).toBeUndefined()
    expect(Object.hasOwn(kept.ui, 'forks')).toBe(false)
  })

  it('may stand in a graph inside: saved with that graph, kept there', () => {
    const { interface: face, nodes, wires, ui } = before
    const outer = {
      ...graph({ nodes: { box: { type: 'subgraph', subgraph: 'inner' } } }),
      subgraphs: { inner: { interface: face, nodes, wires, ui } },
    }
    const inside = setFork(outer, { scope: 'inner', ...fork }).document
    expect(forksOf(inside)).toEqual([])
    expect(allForks(inside)).toEqual([{ scope: 'inner', ...fork }])
    expect(semanticHash(inside)).toBe(semanticHash(outer))
    const kept = keepVariant(inside, { scope: 'inner', node: 'writer', param: 'temperature', index: 0 }).document
    expect(kept.subgraphs.inner?.nodes.writer?.params.temperature).toBe(0.2)
    expect(allForks(kept)).toEqual([])
  })

  it('is ignored where its node is gone or the file says nonsense', () => {
    const withForks = (forks: unknown) => ({ ...before, ui: { ...before.ui, forks } })
    expect(forksOf(withForks({ 'gone.x': [1, 2], writer: [1, 2], 'writer.a': 7, 'writer.b': [1] }))).toEqual([])
    expect(forksOf(withForks([1, 2]))).toEqual([])
  })
})
