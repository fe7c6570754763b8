import { describe, expect, it } from 'vitest'
import { edited } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { makeSubgraph, setParam } from '../../shared/graph/edit'
import { enter } from '../../shared/graph/focus'
import { testDocument } from '../canvas/testing'
import { commit, createDocumentStore, type DocumentStore, outward, shownGraph, shownPath, undo } from './document'

const fold = (document: GraphDocument, scope: string | undefined, node: string) =>
  makeSubgraph(document, { scope, nodes: [node], name: 'Box', type: 'subgraph', v: 1, kindOf: () => 'text' })

/** `ask` folded five times over, each container inside the one before. */
function fiveDeep(): { store: DocumentStore; made: GraphDocument } {
  const store = createDocumentStore(testDocument)
  let node = 'ask'
  for (let depth = 0; depth < 5; depth++) {
    const made = fold(store.getState().document, undefined, node)
    commit(store, 'Make a subgraph', made)
    node = made.node
  }
  while (true) {
    const [only] = Object.keys(shownGraph(store.getState()).nodes).filter((id) => shownGraph(store.getState()).nodes[id]?.subgraph)
    const path = only === undefined ? undefined : enter(store.getState().document, store.getState().path, only)
    if (!path) return { store, made: store.getState().document }
    store.setState({ path })
  }
}

describe('editing five subgraphs deep', () => {
  it('changes what is shown, and undo brings the file and the place back', () => {
    const { store, made } = fiveDeep()
    expect(shownPath(store.getState())).toHaveLength(5)
    const view = shownGraph(store.getState())
    expect(Object.keys(view.nodes)).toEqual(['ask'])
    const state = store.getState()
    commit(store, 'Change', edited(state.document, outward(state, setParam(view, { node: 'ask', param: 'heat', value: 1 }).document)))
    expect(shownGraph(store.getState()).nodes.ask?.params.heat).toBe(1)
    store.setState({ path: [] })
    undo(store)
    expect(store.getState().document).toEqual(made)
    expect(shownPath(store.getState())).toHaveLength(5)
  })
  it('shows the graph around a container that is undone from inside', () => {
    const { store } = fiveDeep()
    for (let step = 0; step < 5; step++) undo(store)
    expect(store.getState().document).toEqual(testDocument)
    expect(shownPath(store.getState())).toEqual([])
    expect(shownGraph(store.getState())).toBe(store.getState().document)
  })
})
