import { describe, expect, it } from 'vitest'
import { serializeGraph } from './canonical'
import * as edit from './edit'
import { loadGraph } from './load'
import { importSubgraph, pinSubgraph, publishSubgraph, updateSubgraph } from './publish'
import { describeChanges } from './semantic-diff'
import { body, graph, testSpecs } from './testing'
import { validateGraph } from './validate'

const document = graph({
  nodes: { t: 'text', box: { type: 'subgraph', subgraph: 'sg' }, w: 'write' },
  wires: ['t.text > box.question', 'box.answer > w.text'],
  models: { small: { catalog: 'toy' }, other: { catalog: 'other' } },
  subgraphs: {
    sg: body({
      nodes: { a: { type: 'lm', params: { model: 'model:small', temperature: 0.7 } }, deep: { type: 'map', subgraph: 'each' } },
      wires: ['@question > a.prompt', 'a.text > deep.item'],
      interface: { inputs: { question: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'a.text' } } },
      ui: { nodes: { a: { x: 1, y: 2 } } },
    }),
    each: body({
      nodes: { x: 'text' },
      interface: { inputs: { item: { type: 'text' } }, outputs: { item: { type: 'text', from: 'x.text' } } },
    }),
  },
})
const published = publishSubgraph(document, { subgraph: 'sg', name: 'Asker' })

describe('a published subgraph', () => {
  it('is a graph of its own, with the models and inner graphs that it names', () => {
    expect(published).toMatchObject({
      name: 'Asker',
      models: { small: { catalog: 'toy' } },
      interface: { inputs: { question: { type: 'text' } } },
    })
    expect(Object.keys(published.models)).toEqual(['small'])
    expect(Object.keys(published.subgraphs)).toEqual(['each'])
    expect(loadGraph(serializeGraph(published))).toMatchObject({ ok: true, issues: [] })
  })

  it('comes into another graph with what it needs, pinned to its version', () => {
    const other = graph({ models: { small: { catalog: 'something else' } } })
    const { document: into, subgraph } = importSubgraph(other, { published, origin: { name: 'Asker', version: '1.0.0' }, wanted: 'asker' })
    expect(into.subgraphs[subgraph]).toMatchObject({
      origin: { name: 'Asker', version: '1.0.0' },
      nodes: { a: { params: { model: 'model:small-2' } } },
    })
    expect(into.subgraphs[subgraph]?.wires).toEqual(published.wires)
    expect(into.subgraphs[subgraph]?.ui.nodes.a).toEqual({ x: 1, y: 2 })
    expect(into.models['small-2']).toEqual({ catalog: 'toy' })
    expect(Object.keys(into.subgraphs)).toContain('each')
  })

  it('is updated with a diff, keeping what was changed here when the base is known', () => {
    const pinned = pinSubgraph(document, { subgraph: 'sg', origin: { name: 'Asker', version: '1.0.0' } }).document
    const local = edit.setParam(pinned, { scope: 'sg', node: 'a', param: 'temperature', value: 0.1 }).document
    const next = edit.setParam(published, { node: 'a', param: 'maxTokens', value: 9 }).document
    const update = updateSubgraph(local, { subgraph: 'sg', published: next, base: published, origin: { name: 'Asker', version: '2.0.0' } })
    expect(describeChanges(update.changes)).toBe('~ “a”: maxTokens none → 9')
    expect(update.conflicts).toEqual([])
    expect(update.document.subgraphs.sg).toMatchObject({
      origin: { version: '2.0.0' },
      nodes: { a: { params: { temperature: 0.1, maxTokens: 9 } } },
    })
    const plain = updateSubgraph(local, { subgraph: 'sg', published: next, origin: { name: 'Asker', version: '2.0.0' } })
    expect(plain.document.subgraphs.sg?.nodes.a?.params.temperature).toBe(0.7)
  })

  it('leaves a wire dangling where a port is gone, for a person to decide', () => {
    const renamed = edit.renamePort(published, { side: 'outputs', name: 'answer', to: 'reply' }).document
    const { document: after } = updateSubgraph(document, {
      subgraph: 'sg',
      published: renamed,
      origin: { name: 'Asker', version: '3.0.0' },
    })
    expect(after.wires).toEqual(document.wires)
    expect(validateGraph(after, testSpecs).filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'wire-dangling', wire: { from: 'box.answer' } },
    ])
  })
})
