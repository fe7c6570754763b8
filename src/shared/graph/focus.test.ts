import { describe, expect, it } from 'vitest'
import { GRAPH_FORMAT, type GraphBody, type GraphDocument } from './document'
import { addNode, setParam } from './edit'
import { enter, focusOn, nodeAt, type Path, pathTo, placePrefix, scopeOf, unfocus, validPath } from './focus'

const empty: GraphBody = { interface: { inputs: {}, outputs: {} }, nodes: {}, wires: [], ui: { nodes: {}, frames: [], notes: [] } }
const container = (subgraph: string) => ({ type: 'subgraph', v: 1, params: {}, subgraph })
/** five graphs, each in the one before */
const nested: GraphDocument = {
  ...empty,
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g',
  name: 'outer',
  models: {},
  nodes: { box: container('s1') },
  subgraphs: {
    s1: { ...empty, nodes: { box: container('s2') } },
    s2: { ...empty, nodes: { box: container('s3') } },
    s3: { ...empty, nodes: { box: container('s4') } },
    s4: { ...empty, nodes: { box: container('s5') } },
    s5: { ...empty, nodes: { leaf: { type: 'text', v: 1, params: { text: 'deep' } } } },
  },
}
const walkIn = (document: GraphDocument, ...nodes: string[]): Path =>
  nodes.reduce<Path>((path, node) => enter(document, path, node) ?? path, [])
const deepest = walkIn(nested, 'box', 'box', 'box', 'box', 'box')

describe('a graph five containers deep', () => {
  it('is looked at as if it were the graph', () => {
    expect(deepest).toHaveLength(5)
    expect(Object.keys(focusOn(nested, scopeOf(deepest)).nodes)).toEqual(['leaf'])
    expect(focusOn(nested, 's5')).toBe(focusOn(nested, 's5'))
  })
  it('has a place for each node, and none for what is not there', () => {
    const place = `${placePrefix(deepest)}leaf`
    expect(place).toBe('box/box/box/box/box/leaf')
    expect(nodeAt(nested, place)?.graph.nodes.leaf?.params.text).toBe('deep')
    expect(nodeAt(nested, 'box')?.graph).toBe(nested)
    for (const gone of ['', '/', 'leaf', 'box/leaf', 'gone/leaf', `${place}/leaf`, 'toString']) expect(nodeAt(nested, gone)).toBeUndefined()
  })
  it('is edited by kernels that know nothing of depth, and nothing else changes', () => {
    const view = setParam(focusOn(nested, 's5'), { node: 'leaf', param: 'text', value: 'changed' }).document
    const after = unfocus(nested, 's5', view)
    expect(after.subgraphs.s5?.nodes.leaf?.params.text).toBe('changed')
    expect(after.nodes).toBe(nested.nodes)
    expect(after.subgraphs.s4).toBe(nested.subgraphs.s4)
    expect(unfocus(after, 's5', setParam(view, { node: 'leaf', param: 'text', value: 'deep' }).document)).toEqual(nested)
  })
  it('keeps what an edit adds beside it: a graph inside a new container', () => {
    const view = focusOn(nested, 's5')
    const grown = { ...view, subgraphs: { ...view.subgraphs, s6: empty } }
    const after = unfocus(nested, 's5', addNode(grown, { type: 'subgraph', v: 1, subgraph: 's6', at: { x: 0, y: 0 } }).document)
    expect(Object.keys(after.subgraphs)).toContain('s6')
    expect(Object.keys(after.subgraphs.s5?.nodes ?? {})).toEqual(['leaf', 'subgraph'])
  })
  it('gives the same document back when nothing changed', () => {
    expect(unfocus(nested, 's3', focusOn(nested, 's3'))).toBe(nested)
    expect(focusOn(nested, undefined)).toBe(nested)
  })
})

describe('the way in', () => {
  it('ends where a container is gone or runs another graph', () => {
    const cut = { ...nested, subgraphs: { ...nested.subgraphs, s2: empty } }
    expect(validPath(cut, deepest)).toHaveLength(2)
    expect(validPath(nested, deepest)).toBe(deepest)
  })
  it('is found for any inner graph, and for none that no container runs', () => {
    expect(pathTo(nested, 's5')).toEqual(deepest)
    expect(pathTo({ ...nested, nodes: {} }, 's5')).toBeUndefined()
  })
  it('leads nowhere from an ordinary node', () => {
    expect(enter(nested, deepest, 'leaf')).toBeUndefined()
    expect(enter(nested, [], 'constructor')).toBeUndefined()
  })
  it('ends although graphs contain each other in a circle', () => {
    const circle = { ...nested, subgraphs: { s1: { ...empty, nodes: { box: container('s1') } } } }
    expect(pathTo(circle, 's9')).toBeUndefined()
  })
})
