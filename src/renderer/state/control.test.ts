import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../shared/graph/document'
import { controlFor, createControlStore, hasBreakpoint, pin, setTokenBreak, setWireBreak, toggleBreakpoints } from './control'

describe('holding a run', () => {
  it('sets breakpoints on all that are chosen, and takes them away when all have one', () => {
    const store = createControlStore()
    toggleBreakpoints(store, ['a'])
    toggleBreakpoints(store, ['a', 'b'])
    expect(store.getState().breakpoints).toEqual(['a', 'b'])
    toggleBreakpoints(store, ['a', 'b'])
    expect(hasBreakpoint(store.getState(), 'a')).toBe(false)
  })

  it('pins outputs one by one, and forgets a node without pins', () => {
    const store = createControlStore()
    pin(store, 'a', 'text', 'fixed')
    pin(store, 'a', 'other', 1)
    pin(store, 'a', 'text', undefined)
    expect(store.getState().pins).toEqual({ a: { other: 1 } })
    pin(store, 'a', 'other', undefined)
    expect(store.getState().pins).toEqual({})
  })

  it('tells a run only of what is still in the graph', () => {
    const store = createControlStore()
    toggleBreakpoints(store, ['a', 'gone'])
    pin(store, 'gone', 'text', 'x')
    setWireBreak(store, { from: 'a.text', to: 'b.text' }, { is: 'empty' })
    setWireBreak(store, { from: 'gone.text', to: 'b.text' }, { is: 'empty' })
    setTokenBreak(store, 'a', { is: 'any' })
    setTokenBreak(store, 'a', { is: 'disagree' })
    setTokenBreak(store, 'gone', { is: 'any' })
    const document = { nodes: { a: {}, b: {} }, wires: [{ from: 'a.text', to: 'b.text' }] } as unknown as GraphDocument
    expect(controlFor(store.getState(), document)).toEqual({
      breakpoints: ['a'],
      wireBreaks: [{ from: 'a.text', to: 'b.text', when: { is: 'empty' } }],
      tokenBreaks: [{ node: 'a', when: { is: 'disagree' } }],
      pins: {},
    })
  })

  it('knows nodes and wires inside containers by the way to them', () => {
    const body = { nodes: { c: {} }, wires: [{ from: '@text', to: 'c.text' }] }
    const document = { nodes: { box: { subgraph: 'inner' } }, wires: [], subgraphs: { inner: body } } as unknown as GraphDocument
    const store = createControlStore()
    toggleBreakpoints(store, ['box/c', 'box/gone', 'c'])
    pin(store, 'box/c', 'text', 'fixed')
    const wire = { from: '@text', to: 'c.text', in: 'box/' }
    setWireBreak(store, wire, { is: 'any' })
    setWireBreak(store, { ...wire, in: 'other/' }, { is: 'any' })
    expect(controlFor(store.getState(), document)).toEqual({
      breakpoints: ['box/c'],
      wireBreaks: [{ ...wire, when: { is: 'any' } }],
      tokenBreaks: [],
      pins: { 'box/c': { text: 'fixed' } },
    })
  })
})
