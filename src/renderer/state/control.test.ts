import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../shared/graph/document'
import { controlFor, createControlStore, hasBreakpoint, pin, setWireBreak, toggleBreakpoints } from './control'

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
    setWireBreak(store, 'a.text', 'b.text', { is: 'empty' })
    setWireBreak(store, 'gone.text', 'b.text', { is: 'empty' })
    const document = { nodes: { a: {}, b: {} }, wires: [{ from: 'a.text', to: 'b.text' }] } as unknown as GraphDocument
    expect(controlFor(store.getState(), document)).toEqual({
      breakpoints: ['a'],
      wireBreaks: [{ from: 'a.text', to: 'b.text', when: { is: 'empty' } }],
      pins: {},
    })
  })
})
