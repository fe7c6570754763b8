import { describe, expect, it } from 'vitest'
import { GRAPH_FORMAT, type GraphDocument } from '../../shared/graph/document'
import { noUsage, type RunEvent, type RunEventBody } from '../../shared/run/events'
import { createRunStore, receive, refreshStale, staleNodes, statusOf } from './run'

const document: GraphDocument = {
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g',
  name: '',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: { a: { type: 'text', v: 1, params: { text: 'x' } }, b: { type: 'text', v: 1, params: {} }, c: { type: 'text', v: 1, params: {} } },
  wires: [{ from: 'a.text', to: 'b.text' }],
  ui: { nodes: {}, frames: [], notes: [] },
}
const withText = (text: string): GraphDocument => ({
  ...document,
  nodes: { ...document.nodes, a: { type: 'text', v: 1, params: { text } } },
})
const log = (...bodies: RunEventBody[]): RunEvent[] => bodies.map((body, seq) => ({ e: 1, seq, t: seq * 10, run: 'r', ...body }))

describe('a result that no longer belongs to the graph', () => {
  it('is that of the changed node and of all that it feeds', () => {
    expect([...staleNodes(document, withText('y'))].sort()).toEqual(['a', 'b'])
  })
  it('is none after moving or renaming', () => {
    const moved = { ...document, ui: { ...document.ui, nodes: { a: { x: 1, y: 2 } } } }
    const renamed = { ...document, nodes: { ...document.nodes, a: { ...document.nodes.a!, title: 'New' } } }
    expect(staleNodes(document, moved).size).toBe(0)
    expect(staleNodes(document, renamed).size).toBe(0)
  })
  it('is none again when the change is taken back', () => {
    expect(staleNodes(document, withText('x')).size).toBe(0)
  })
})

describe('a result inside a container', () => {
  const inner = (text: string): GraphDocument => ({
    ...document,
    subgraphs: {
      s: {
        interface: { inputs: {}, outputs: {} },
        nodes: {
          x: { type: 'text', v: 1, params: { text } },
          y: { type: 'text', v: 1, params: {} },
          z: { type: 'text', v: 1, params: {} },
        },
        wires: [{ from: 'x.text', to: 'y.text' }],
        ui: { nodes: {}, frames: [], notes: [] },
      },
    },
    nodes: { a: document.nodes.a!, map: { type: 'map', v: 1, params: {}, subgraph: 's' }, after: { type: 'text', v: 1, params: {} } },
    wires: [
      { from: 'a.text', to: 'map.item' },
      { from: 'map.out', to: 'after.text' },
    ],
  })
  it('is stale with what feeds it inside, and so are its container and what reads that', () => {
    expect([...staleNodes(inner('1'), inner('2'))].sort()).toEqual(['after', 'map', 'map/x', 'map/y'])
  })
  it('is stale as a whole when the container gets other values', () => {
    const now = { ...inner('1'), nodes: { ...inner('1').nodes, a: { type: 'text', v: 1, params: { text: 'new' } } } }
    expect([...staleNodes(inner('1'), now)].sort()).toEqual(['a', 'after', 'map', 'map/x', 'map/y', 'map/z'])
  })
  it('is looked up without the number of its item', () => {
    const store = createRunStore()
    receive(
      store,
      log(
        { type: 'node.start', node: 'map/2/x', attempt: 1, seed: 0, reason: '' },
        { type: 'node.end', node: 'map/2/x', ms: 1, usage: noUsage },
      ),
    )
    store.setState({ stale: staleNodes(inner('1'), inner('2')) })
    expect(statusOf(store.getState(), 'map/2/x')).toBe('stale')
    expect(statusOf({ ...store.getState(), stale: new Set(['map/z']) }, 'map/2/x')).toBe('done')
  })
})

describe('the run on the screen', () => {
  const events = log(
    { type: 'run.start', graph: 'g', graphHash: '', inputsHash: '', seed: 1, device: 'cpu' },
    { type: 'node.start', node: 'a', attempt: 1, seed: 1, reason: 'first run' },
    { type: 'token', node: 'a', text: 'hi', tokens: 1, accepted: 0, rejected: 0 },
  )
  it('is the fold of its events, however often they arrive', () => {
    const store = createRunStore()
    receive(store, events.slice(0, 2))
    receive(store, events)
    expect(store.getState().state.nodes.a?.text).toBe('hi')
    expect(statusOf(store.getState(), 'a')).toBe('running')
    expect(store.getState().live).toBe(true)
  })
  it('leaves the slice of a node alone when another node speaks', () => {
    const store = createRunStore()
    receive(store, events)
    const before = store.getState().state.nodes.a
    receive(store, [{ e: 1, seq: 3, t: 40, run: 'r', type: 'node.start', node: 'b', attempt: 1, seed: 1, reason: '' }])
    expect(store.getState().state.nodes.a).toBe(before)
  })
  it('shows a finished node as changed once the graph says something else', () => {
    const store = createRunStore()
    receive(store, [
      ...events,
      { e: 1, seq: 3, t: 50, run: 'r', type: 'node.cached', node: 'a', key: 'k', fromRun: 'r0', ageMs: 1, reason: 'same' },
    ])
    store.setState({ ran: document })
    refreshStale(store, withText('z'))
    expect(statusOf(store.getState(), 'a')).toBe('stale')
    refreshStale(store, document)
    expect(statusOf(store.getState(), 'a')).toBe('cached')
  })
})
