import { describe, expect, it } from 'vitest'
import { serializeGraph } from './canonical'
import * as edit from './edit'
import { mergeTexts } from './merge-texts'
import { merge3 } from './merge3'
import { migrateNodes } from './migrate'
import { describeChanges, semanticDiff } from './semantic-diff'
import { body, graph, testSpecs } from './testing'

const base = graph({
  nodes: {
    t: { type: 'text', params: { text: 'hello' } },
    a: { type: 'lm', params: { temperature: 0.7, maxTokens: 100 }, title: 'Answer' },
  },
  wires: ['t.text > a.prompt'],
  interface: { outputs: { o: { type: 'text', from: 'a.text' } } },
  subgraphs: { sg: body({ nodes: { x: 'text' } }) },
  ui: { nodes: { t: { x: 0, y: 0 }, a: { x: 300, y: 0 } } },
})
const set = (document: typeof base, param: string, value: number) => edit.setParam(document, { node: 'a', param, value }).document

describe('merge3', () => {
  it('takes what one side changed, whichever side', () => {
    const ours = set(base, 'temperature', 0.2)
    const theirs = edit.addNode(set(base, 'maxTokens', 50), { type: 'rank', at: { x: 1, y: 1 } }).document
    for (const [one, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { document, conflicts } = merge3(base, one, other)
      expect(conflicts).toEqual([])
      expect(document.nodes.a?.params).toEqual({ temperature: 0.2, maxTokens: 50 })
      expect(document.nodes.rank).toBeDefined()
      expect(document.ui.nodes.rank).toEqual({ x: 1, y: 1 })
    }
  })

  it('the same change on both sides is no conflict, a different one is, and ours stands', () => {
    const ours = set(base, 'temperature', 0.2)
    expect(merge3(base, ours, ours)).toEqual({ document: ours, conflicts: [] })
    const { document, conflicts } = merge3(base, ours, set(base, 'temperature', 0.3))
    expect(document.nodes.a?.params.temperature).toBe(0.2)
    expect(conflicts).toMatchObject([{ path: 'nodes/a', member: 'params.temperature', base: 0.7, ours: 0.2, theirs: 0.3 }])
  })

  it('removed on one side and changed on the other: the changed one is kept, and told', () => {
    const removed = edit.removeNodes(base, { nodes: ['a'] }).document
    for (const [one, other] of [
      [removed, set(base, 'temperature', 1)],
      [set(base, 'temperature', 1), removed],
    ] as const) {
      const { document, conflicts } = merge3(base, one, other)
      expect(document.nodes.a?.params.temperature).toBe(1)
      expect(conflicts).toMatchObject([{ path: 'nodes/a' }])
    }
  })

  it('places never conflict; ours win', () => {
    const move = (x: number) => edit.moveNodes(base, { positions: { a: { x, y: 0 } } }).document
    const { document, conflicts } = merge3(base, move(1), move(2))
    expect(conflicts).toEqual([])
    expect(document.ui.nodes.a?.x).toBe(1)
  })

  it('a subgraph removed on one side and changed on the other stays whole', () => {
    const removed = edit.removeSubgraph(base, { subgraph: 'sg' }).document
    const changed = edit.setTitle(base, { scope: 'sg', node: 'x', title: 'X' }).document
    for (const [one, other] of [
      [removed, changed],
      [changed, removed],
    ] as const) {
      expect(merge3(base, one, other).document.subgraphs.sg?.nodes.x).toMatchObject({ type: 'text', title: 'X' })
    }
  })

  it('with an unchanged side gives the other side to the byte', () => {
    const theirs = edit.removeNodes(set(base, 'temperature', 1), { nodes: ['t'] }).document
    expect(serializeGraph(merge3(base, base, theirs).document)).toBe(serializeGraph(theirs))
    expect(serializeGraph(merge3(base, theirs, base).document)).toBe(serializeGraph(theirs))
  })
})

describe('mergeTexts', () => {
  const text = serializeGraph

  it('is a merge of files: changes of both sides, one line each', () => {
    const merged = mergeTexts({ base: text(base), ours: text(set(base, 'temperature', 0.2)), theirs: text(set(base, 'maxTokens', 50)) })
    expect(merged).toMatchObject({ ok: true, conflicts: [] })
    expect(merged.ok && merged.text).toContain('"params":{"maxTokens":50,"temperature":0.2}')
  })

  it('both sides added the file: all of both is there, and ours stands where they differ', () => {
    const merged = mergeTexts({
      base: '',
      ours: text(set(base, 'temperature', 0.2)),
      theirs: text(edit.addNode(base, { type: 'rank' }).document),
    })
    expect(merged.ok && merged.conflicts.map(({ path, member }) => [path, member])).toEqual([['nodes/a', 'params.temperature']])
    expect(merged.ok && merged.text).toContain('"temperature":0.2')
    expect(merged.ok && merged.text).toContain('"rank"')
  })

  it('a file that does not open stops the merge and is named', () => {
    expect(mergeTexts({ base: text(base), ours: text(base), theirs: '<<<<<<<' })).toMatchObject({
      ok: false,
      error: { code: 'graph-not-json', file: 'theirs' },
    })
  })
})

describe('semanticDiff', () => {
  it('is empty for moves', () => {
    expect(semanticDiff(base, edit.moveNodes(base, { positions: { a: { x: 9, y: 9 } } }).document)).toEqual([])
    expect(describeChanges([])).toBe('')
  })

  it('says in sentences what was added, removed and changed', () => {
    const changed = edit.setTitle(set(base, 'temperature', 0.8), { node: 'a', title: 'Reply' }).document
    const grown = edit.addNode(edit.disconnect(changed, { wires: [{ from: 't.text', to: 'a.prompt' }] }).document, {
      type: 'rank',
    }).document
    const inner = edit.setParam(grown, { scope: 'sg', node: 'x', param: 'text', value: 'y' }).document
    expect(describeChanges(semanticDiff(base, inner)).split('\n')).toEqual([
      '+ the node “rank”, a rank, is new',
      '~ “Reply” (a): temperature 0.7 → 0.8',
      '~ “Answer” (a): title “Answer” → “Reply”',
      '- the wire t.text → a.prompt is gone',
      'in the inner graph “sg”:',
      '  ~ “x”: text none → “y”',
    ])
  })

  it('carries the node and the values as data', () => {
    expect(semanticDiff(base, set(base, 'temperature', 0.8))).toEqual([
      {
        kind: 'changed',
        what: 'param',
        name: 'temperature',
        node: 'a',
        from: 0.7,
        to: 0.8,
        sentence: '“Answer” (a): temperature 0.7 → 0.8',
      },
    ])
  })
})

describe('migrateNodes', () => {
  const old = graph({
    nodes: { t: 'text', a: { type: 'lm', v: 1, params: { temp: 0.3 } }, b: { type: 'rank' } },
    wires: ['t.text > a.question', 't.text > a.temp', 'a.answer > b.candidates#0'],
    interface: { outputs: { o: { type: 'text', from: 'a.answer' } } },
  })

  it('renames params and ports and takes the wires along, with a note', () => {
    const { document, notes } = migrateNodes(old, testSpecs)
    expect(document.nodes.a).toMatchObject({ v: 2, params: { temperature: 0.3 } })
    expect(document.wires.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      't.text > a.prompt',
      't.text > a.temperature',
      'a.text > b.candidates#0',
    ])
    expect(document.interface.outputs.o?.from).toBe('a.text')
    expect(notes).toMatchObject([{ code: 'migrated', node: 'a' }])
  })

  it('leaves a present document as the same object, and a way that is missing alone with a note', () => {
    const { document } = migrateNodes(old, testSpecs)
    expect(migrateNodes(document, testSpecs).document).toBe(document)
    const spec = testSpecs.get('lm')
    const without = new Map([...testSpecs, ...(spec ? [['lm', { ...spec, version: 3 }] as const] : [])])
    const stuck = migrateNodes(old, without)
    expect(stuck.document.nodes.a?.v).toBe(1)
    expect(stuck.notes).toMatchObject([{ code: 'node-outdated', severity: 'warning' }])
  })
})
