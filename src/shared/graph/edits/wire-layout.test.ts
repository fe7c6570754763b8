import { describe, expect, it } from 'vitest'
import { apply } from '../apply'
import { semanticHash, serializeGraph } from '../canonical'
import { reverse } from '../diff'
import { GRAPH_FORMAT, type GraphDocument } from '../document'
import {
  addNote,
  addPort,
  addReroute,
  applyLayout,
  connect,
  disconnect,
  duplicateNodes,
  makeSubgraph,
  moveNodes,
  moveReroute,
  pasteFragment,
  removeNodes,
  removeReroute,
  renamePort,
  reorderWires,
  rewire,
  setLinkName,
  unpackSubgraph,
  wireKeyOf,
  wireLayout,
} from '../edit'
import { copyFragment, parseFragment, serializeFragment } from '../fragment'
import { loadGraph } from '../load'

const node = { type: 'text', v: 1, params: {} }
const graph: GraphDocument = {
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g',
  name: '',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: { answer: { type: 'text', from: 'b.text' } } },
  nodes: { a: node, b: node },
  wires: [{ from: 'a.text', to: 'b.in' }],
  ui: { nodes: {}, frames: [], notes: [] },
}
const wire = { from: 'a.text', to: 'b.in' }

describe('points of a wire', () => {
  it('are put in, moved and taken out, each as an edit that can be undone', () => {
    const first = addReroute(graph, { wire, at: 0, x: 10, y: 20 })
    const second = addReroute(first.document, { wire, at: 0, x: 5, y: 5 })
    const moved = moveReroute(second.document, { wire, at: 1, x: 11, y: 21 })
    expect(wireLayout(moved.document, wire)?.points).toEqual([
      [5, 5],
      [11, 21],
    ])
    expect(apply(first.document, reverse(first.diff))).toEqual(graph)
    const gone = removeReroute(removeReroute(moved.document, { wire, at: 0 }).document, { wire, at: 0 }).document
    expect(gone).toEqual(graph)
  })
  it('are layout: they survive the file and change no result', () => {
    const { document } = addReroute(graph, { wire: { from: 'b.text', to: '=answer' }, at: 0, x: 1, y: 2 })
    const loaded = loadGraph(serializeGraph(document))
    expect(loaded.ok && loaded.document.ui.wires).toEqual(document.ui.wires)
    expect(semanticHash(document)).toBe(semanticHash(graph))
  })
  it('go along when both cards move by the same step, and stay when only one does', () => {
    const { document } = addReroute(graph, { wire, at: 0, x: 10, y: 20 })
    const both = moveNodes(document, { positions: { a: { x: 5, y: -5 }, b: { x: 5, y: -5 } } })
    expect(wireLayout(both.document, wire)?.points).toEqual([[15, 15]])
    expect(apply(both.document, both.diff && reverse(both.diff))).toEqual(document)
    const one = moveNodes(document, { positions: { a: { x: 5, y: -5 } } })
    expect(wireLayout(one.document, wire)?.points).toEqual([[10, 20]])
  })
  it('are gone after a new layout of their cards', () => {
    const { document } = addReroute(graph, { wire, at: 0, x: 10, y: 20 })
    expect(wireLayout(applyLayout(document, { positions: { b: { x: 400, y: 0 } } }).document, wire)).toBeUndefined()
  })
  it('go with their wire, whatever takes it away, and come back with it', () => {
    const { document } = addReroute(graph, { wire, at: 0, x: 1, y: 2 })
    const cut = disconnect(document, { wires: [wire] })
    expect(cut.document.ui).toEqual(graph.ui)
    expect(apply(cut.document, reverse(cut.diff))).toEqual(document)
    expect(removeNodes(document, { nodes: ['a'] }).document.ui.wires).toBeUndefined()
    expect(connect(document, { from: 'b.text', to: 'b.in' }).document.ui.wires).toBeUndefined()
  })
  it('are not given to a wire that is not there', () => {
    expect(addReroute(graph, { wire: { from: 'a.text', to: 'b.other' }, at: 0, x: 1, y: 2 }).document).toEqual(graph)
  })
})

describe('a wire that gets other ends', () => {
  const drawn = setLinkName(addReroute(graph, { wire, at: 0, x: 10, y: 20 }).document, { wires: [wire], name: 'prompt' }).document
  const layout = { points: [[10, 20]], name: 'prompt' }
  const noted = addNote(drawn, { x: 0, y: 0, width: 9, height: 9, text: 'why', attachedTo: wireKeyOf(wire) }).document

  it('takes its points, its name and its notes along', () => {
    const moved = rewire(noted, { wire, from: 'a.text', to: 'b.other' }).document
    expect(moved.ui.wires).toEqual({ 'a.text>b.other': layout })
    expect(moved.ui.notes[0]?.attachedTo).toBe('a.text>b.other')
    const undone = rewire(noted, { wire, from: 'a.text', to: 'b.other' })
    expect(apply(undone.document, reverse(undone.diff))).toEqual(noted)
  })
  it('to an output of the graph, too, and back to where it was', () => {
    const out = rewire(drawn, { wire, from: 'a.text', to: '=answer' }).document
    expect(out.ui.wires).toEqual({ 'a.text>=answer': layout })
    expect(rewire(drawn, { wire, ...wire }).document.ui.wires).toEqual(drawn.ui.wires)
  })
  it('keeps them when it moves up in a row of many, or the row gets another order', () => {
    const many = { ...graph, wires: [{ from: 'a.text', to: 'b.in#0' }] }
    const first = addReroute(many, { wire: { from: 'a.text', to: 'b.in#0' }, at: 0, x: 1, y: 2 }).document
    const two = connect(first, { from: 'b.text', to: 'b.in#0' }).document
    expect(Object.keys(two.ui.wires ?? {})).toEqual(['a.text>b.in#1'])
    const turned = reorderWires(two, { node: 'b', port: 'in', froms: ['a.text'] }).document
    expect(Object.keys(turned.ui.wires ?? {})).toEqual(['a.text>b.in#0'])
  })
  it('keeps them when its input or output of the graph is renamed', () => {
    const asked = addPort(graph, { side: 'inputs', name: 'question', type: 'text' }).document
    const wired = connect(asked, { from: '@question', to: 'b.in' }).document
    const bent = addReroute(wired, { wire: { from: '@question', to: 'b.in' }, at: 0, x: 1, y: 2 }).document
    const renamed = renamePort(bent, { side: 'inputs', name: 'question', to: 'ask' }).document
    expect(Object.keys(renamed.ui.wires ?? {})).toEqual(['@ask>b.in'])
    const out = addReroute(graph, { wire: { from: 'b.text', to: '=answer' }, at: 0, x: 1, y: 2 }).document
    expect(Object.keys(renamePort(out, { side: 'outputs', name: 'answer', to: 'reply' }).document.ui.wires ?? {})).toEqual([
      'b.text>=reply',
    ])
  })
})

describe('copies of a wire', () => {
  const drawn = setLinkName(addReroute(graph, { wire, at: 0, x: 10, y: 20 }).document, { wires: [wire], name: 'prompt' }).document
  const placed = moveNodes(drawn, { positions: { a: { x: 0, y: 0 }, b: { x: 100, y: 0 } } }).document

  it('are drawn like it, as far away as the nodes', () => {
    const { document } = duplicateNodes(placed, { nodes: ['a', 'b'] })
    expect(document.ui.wires).toEqual({
      'a.text>b.in': { points: [[10, 20]], name: 'prompt' },
      'a-2.text>b-2.in': { points: [[42, 52]], name: 'prompt' },
    })
  })
  it('survive the clipboard, and a wire that is not copied leaves nothing', () => {
    const read = parseFragment(serializeFragment(copyFragment(placed, { nodes: ['a', 'b'] })))
    expect(read.ok && read.fragment.ui.wires).toEqual(placed.ui.wires)
    expect(copyFragment(placed, { nodes: ['a'] }).ui.wires).toBeUndefined()
  })
  it('go into a subgraph with their nodes, and out again', () => {
    const kindOf = () => 'text' as const
    const made = makeSubgraph(placed, { nodes: ['a', 'b'], name: 'pair', type: 'subgraph', v: 1, kindOf })
    expect(made.document.subgraphs[made.subgraph]?.ui.wires).toEqual(placed.ui.wires)
    expect(made.document.ui.wires).toBeUndefined()
    expect(unpackSubgraph(made.document, { node: made.node }).document.ui.wires).toEqual(placed.ui.wires)
  })
  it('bring notes along that are attached to what was copied', () => {
    const noted = addNote(placed, { x: 0, y: 0, width: 9, height: 9, text: 'why', attachedTo: wireKeyOf(wire) }).document
    const fragment = copyFragment(noted, { nodes: ['a', 'b'], notes: noted.ui.notes.map(({ id }) => id) })
    expect(pasteFragment(noted, { fragment }).document.ui.notes.map(({ attachedTo }) => attachedTo)).toEqual([
      'a.text>b.in',
      'a-2.text>b-2.in',
    ])
  })
})

describe('a wire that is sent by name', () => {
  it('keeps its points, and is drawn again without the name', () => {
    const { document } = addReroute(graph, { wire, at: 0, x: 1, y: 2 })
    const named = setLinkName(document, { wires: [wire], name: 'prompt' }).document
    expect(wireLayout(named, wire)).toEqual({ points: [[1, 2]], name: 'prompt' })
    expect(setLinkName(named, { wires: [wire], name: undefined }).document).toEqual(document)
  })
})
