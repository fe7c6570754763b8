import { describe, expect, it } from 'vitest'
import { apply } from './apply'
import { reverse } from './diff'
import type { GraphDocument } from './document'
import { setTitle } from './edit'
import { historyOf, type JournalledEdit } from './history'

const empty: GraphDocument = {
  format: 'tributary/graph',
  version: 1,
  id: 'g',
  name: 'G',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: { a: { type: 'text', v: 1, params: {} } },
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
}

/** A journal that is written as the window writes it. */
function journal() {
  const edits: JournalledEdit[] = []
  let document = empty
  let at = 0
  const write = (label: string, diff: JournalledEdit['diff'], waitMs = 5000) => {
    at += waitMs
    document = apply(document, diff)
    edits.push({ revision: edits.length + 1, label, diff, at })
    return diff
  }
  return {
    edits,
    now: () => document,
    title: (title: string, waitMs?: number) => write('Rename', setTitle(document, { node: 'a', title }).diff, waitMs),
    undo: (diff: JournalledEdit['diff']) => write('Undo: Rename', reverse(diff)),
    redo: (diff: JournalledEdit['diff']) => write('Redo: Rename', diff),
  }
}

describe('the history of a graph that is opened again', () => {
  it('takes every step back to the beginning, and does it again', () => {
    const { edits, title, now } = journal()
    for (const name of ['one', 'two', 'three']) title(name)
    const { past, future } = historyOf(edits, 3)
    expect([past.length, future.length]).toEqual([3, 0])
    const back = past.toReversed().reduce((document, { diff }) => apply(document, reverse(diff)), now())
    expect(back).toEqual(empty)
    expect(past.reduce((document, { diff }) => apply(document, diff), back)).toEqual(now())
  })

  it('knows what was taken back and done again', () => {
    const { edits, title, undo, redo, now } = journal()
    title('one')
    const second = title('two')
    undo(second)
    expect(historyOf(edits, 3)).toMatchObject({ past: [{ label: 'Rename' }], future: [{ label: 'Rename' }] })
    redo(second)
    expect(historyOf(edits, 4)).toMatchObject({ past: [{}, {}], future: [] })
    undo(second)
    title('three')
    const { past, future } = historyOf(edits, 6)
    expect([past.length, future.length]).toEqual([2, 0])
    expect(past.toReversed().reduce((document, { diff }) => apply(document, reverse(diff)), now())).toEqual(empty)
  })

  it('joins the keystrokes of one field, and keeps apart what was done later', () => {
    const { edits, title } = journal()
    for (const name of ['m', 'my', 'my ', 'my t']) title(name, 100)
    title('other', 60_000)
    expect(historyOf(edits, 5).past).toHaveLength(2)
  })

  it('begins after a gap, and is empty where the journal does not lead to the document', () => {
    const { edits, title } = journal()
    for (const name of ['one', 'two', 'three']) title(name)
    expect(historyOf([edits[0]!, edits[2]!], 3).past).toHaveLength(1)
    expect(historyOf(edits, 9)).toEqual({ past: [], future: [] })
    expect(historyOf([], 0)).toEqual({ past: [], future: [] })
  })

  it('leaves out what somebody else did in between, and keeps to what is one’s own', () => {
    const { edits, title, now } = journal()
    title('one')
    title('theirs')
    const { past } = historyOf(edits, 2, ({ revision }) => revision === 2)
    expect(past).toHaveLength(1)
    expect(now().nodes.a?.title).toBe('theirs')
    const gap = historyOf(edits.slice(1), 2, ({ revision }) => revision === 2)
    expect(gap.past).toHaveLength(0)
  })
})
