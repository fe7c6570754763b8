import { expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { keyed } from './keyed'

const storeOf = (values: Record<string, number>) => createStore<{ values: Record<string, number> }>(() => ({ values }))
type State = { values: Record<string, number> }
const differs = (now: State, before: State, key: string) => now.values[key] !== before.values[key]

it('wakes those whose entry changed, and nobody else', () => {
  const store = storeOf({ a: 1, b: 1 })
  const all = keyed(store, differs)
  const [a, b] = [vi.fn(), vi.fn()]
  all.watch('a', a)
  all.watch('b', b)
  store.setState({ values: { a: 2, b: 1 } })
  expect([a.mock.calls.length, b.mock.calls.length]).toEqual([1, 0])
})

it('wakes nobody after the last one has left, or after it was closed', () => {
  const store = storeOf({ a: 1 })
  const all = keyed(store, differs)
  const [first, second] = [vi.fn(), vi.fn()]
  const leave = all.watch('a', first)
  all.watch('a', second)
  leave()
  store.setState({ values: { a: 2 } })
  all.close()
  store.setState({ values: { a: 3 } })
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1])
})
