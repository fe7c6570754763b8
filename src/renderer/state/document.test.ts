import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serializeGraph } from '../../shared/graph/canonical'
import { edited } from '../../shared/graph/diff'
import { GRAPH_FORMAT, type GraphDocument } from '../../shared/graph/document'
import { absorb, commit, createDocumentStore, type DocumentStore, redo, seal, showNow, showOther, undo } from './document'

const empty: GraphDocument = {
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g_test',
  name: 'test',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: {},
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
}

function setText(store: DocumentStore, node: string, text: string, merge?: string) {
  const { document } = store.getState()
  const next = { ...document, nodes: { ...document.nodes, [node]: { type: 'text', v: 1, params: { text } } } }
  return commit(store, `Edit ${node}`, edited(document, next), merge)
}
const textOf = (store: DocumentStore, node: string) => store.getState().document.nodes[node]?.params.text

describe('the document of a window', () => {
  it('takes a step back and forth', () => {
    const store = createDocumentStore(empty)
    setText(store, 'a', 'one')
    setText(store, 'a', 'two')
    expect(undo(store)?.label).toBe('Undo: Edit a')
    expect(textOf(store, 'a')).toBe('one')
    redo(store)
    expect(textOf(store, 'a')).toBe('two')
    expect(redo(store)).toBeUndefined()
  })
  it('makes one step of what is typed into one field, and a new one after the field was left', () => {
    const store = createDocumentStore(empty)
    for (const text of ['h', 'he', 'hey']) setText(store, 'a', text, 'a.text')
    expect(store.getState().past).toHaveLength(1)
    seal(store)
    setText(store, 'a', 'hey!', 'a.text')
    expect(store.getState().past).toHaveLength(2)
    undo(store)
    expect(textOf(store, 'a')).toBe('hey')
    undo(store)
    expect(store.getState().document.nodes).toEqual({})
  })
  it('forgets the future when something else is done', () => {
    const store = createDocumentStore(empty)
    setText(store, 'a', 'one')
    undo(store)
    setText(store, 'b', 'two')
    expect(redo(store)).toBeUndefined()
  })
  it('has nothing to save when nothing changed, and when it may only be read', () => {
    const store = createDocumentStore(empty)
    expect(commit(store, 'nothing', edited(empty, { ...empty }))).toBeUndefined()
    store.setState({ readOnly: true })
    expect(setText(store, 'a', 'x')).toBeUndefined()
    expect(undo(store)).toBeUndefined()
  })
  it('keeps what another window did when its own step is taken back', () => {
    const store = createDocumentStore(empty)
    setText(store, 'mine', 'x')
    absorb(store, { added: { 'nodes/theirs': { type: 'text', v: 1, params: {} } }, updated: {}, removed: {} })
    undo(store)
    expect(Object.keys(store.getState().document.nodes)).toEqual(['theirs'])
  })
  it('takes in what another window does while something of the past is shown, out of sight', () => {
    const store = createDocumentStore(empty)
    setText(store, 'mine', 'x')
    showOther(store, empty)
    absorb(store, { added: { 'nodes/theirs': { type: 'text', v: 1, params: {} } }, updated: {}, removed: {} })
    showOther(store, { ...empty, name: 'older still' })
    expect(store.getState()).toMatchObject({ readOnly: true, document: { name: 'older still', nodes: {} } })
    showNow(store)
    expect(Object.keys(store.getState().document.nodes)).toEqual(['mine', 'theirs'])
    undo(store)
    expect(Object.keys(store.getState().document.nodes)).toEqual(['theirs'])
  })
  it('is byte for byte where it began after any edits are all undone, and where it was after all are redone', () => {
    const step = fc.record({ node: fc.constantFrom('a', 'b', 'c'), text: fc.string(), merge: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = createDocumentStore(empty)
        for (const { node, text, merge } of steps) setText(store, node, text, merge ? node : undefined)
        const end = serializeGraph(store.getState().document)
        while (undo(store));
        expect(serializeGraph(store.getState().document)).toBe(serializeGraph(empty))
        while (redo(store));
        expect(serializeGraph(store.getState().document)).toBe(end)
      }),
    )
  })
})
