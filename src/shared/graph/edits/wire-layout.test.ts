import { describe, expect, it } from 'vitest'
import { apply } from '../apply'
import { semanticHash, serializeGraph } from '../canonical'
import { reverse } from '../diff'
import { GRAPH_FORMAT, type GraphDocument } from '../document'
import { loadGraph } from '../load'
import { addReroute, moveReroute, removeReroute, setLinkName, wireLayout } from './wire-layout'
import { disconnect } from './wires'

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
  it('go with the next edit once their wire is gone', () => {
    const { document } = addReroute(graph, { wire, at: 0, x: 1, y: 2 })
    const cut = disconnect(document, { wires: [wire] }).document
    const next = setLinkName(cut, { wires: [{ from: 'b.text', to: '=answer' }], name: 'result' }).document
    expect(Object.keys(next.ui.wires ?? {})).toEqual(['b.text>=answer'])
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
