import { describe, expect, it } from 'vitest'
import { apply } from './apply'
import { diffDocuments, emptyDiff, isEmpty, joinPath, reverse, splitPath, squash } from './diff'
import { isDiff } from './diff-schema'
import { body, graph } from './testing'

const before = graph({
  nodes: { a: 'text', b: { type: 'lm', params: { temperature: 1 } } },
  wires: ['a.text > b.prompt', 'a.text > b.prompt'],
  ui: { nodes: { a: { x: 0, y: 0 } }, notes: [{ id: 'n', x: 0, y: 0, width: 1, height: 1, text: '' }] },
  'odd/key~': { kept: true },
})

describe('a difference', () => {
  it('names records by path, with what was and what is', () => {
    const after = { ...before, name: 'New', nodes: { a: before.nodes.a!, c: { type: 'rank', v: 1, params: {} } } }
    expect(diffDocuments(before, after)).toEqual({
      added: { 'nodes/c': { type: 'rank', v: 1, params: {} } },
      updated: { name: ['Test', 'New'] },
      removed: { 'nodes/b': before.nodes.b },
    })
  })

  it('is empty for the same object and for equal ones', () => {
    expect(isEmpty(diffDocuments(before, before))).toBe(true)
    expect(isEmpty(diffDocuments(before, structuredClone(before)))).toBe(true)
  })

  it('tells two equal wires apart by number, and takes one of them away', () => {
    const after = { ...before, wires: before.wires.slice(1) }
    const diff = diffDocuments(before, after)
    expect(Object.keys(diff.removed)).toEqual(['wires/a.text>b.prompt (2)'])
    expect(apply(before, diff).wires).toHaveLength(1)
    expect(apply(after, reverse(diff)).wires).toHaveLength(2)
  })

  it('of a subgraph that comes or goes holds all that is in it, even if that is nothing', () => {
    const after = { ...before, subgraphs: graph({ subgraphs: { full: body({ nodes: { x: 'text' } }), bare: body({}) } }).subgraphs }
    const diff = diffDocuments(before, after)
    expect(Object.keys(diff.added).sort()).toEqual(['subgraphs/bare', 'subgraphs/full', 'subgraphs/full/nodes/x'])
    expect(apply(before, diff)).toEqual(after)
    expect(apply(after, reverse(diff))).toEqual(before)
  })

  it('keeps keys with slashes apart', () => {
    expect(splitPath(joinPath(['a/b', 'c~d', '~1']))).toEqual(['a/b', 'c~d', '~1'])
    const after = { ...before, 'odd/key~': { kept: false } }
    expect(apply(before, diffDocuments(before, after))).toEqual(after)
  })

  it('leaves untouched what it does not name, down to the object', () => {
    const after = { ...before, nodes: { ...before.nodes, b: { ...before.nodes.b!, title: 'B' } } }
    const applied = apply(before, diffDocuments(before, after))
    expect(applied.nodes.a).toBe(before.nodes.a)
    expect(applied.ui).toBe(before.ui)
    expect(applied.wires).toBe(before.wires)
    expect(apply(before, emptyDiff)).toBe(before)
  })

  it('of a drag squashes into one step, and there and back into none', () => {
    const at = (x: number) => ({ ...before, ui: { ...before.ui, nodes: { a: { x, y: 0 } } } })
    const [first, second] = [diffDocuments(at(0), at(5)), diffDocuments(at(5), at(9))]
    expect(squash(first, second).updated).toEqual({
      'ui/nodes/a': [
        { x: 0, y: 0 },
        { x: 9, y: 0 },
      ],
    })
    expect(isEmpty(squash(first, diffDocuments(at(5), at(0))))).toBe(true)
  })
})

describe('isDiff', () => {
  it('takes differences and nothing else', () => {
    expect(isDiff(diffDocuments(before, { ...before, name: 'x' }))).toBe(true)
    for (const value of [
      null,
      [],
      {},
      { added: {}, updated: {}, removed: [] },
      { ...emptyDiff, more: 1 },
      { ...emptyDiff, updated: { a: [1] } },
    ])
      expect(isDiff(value)).toBe(false)
  })
})
