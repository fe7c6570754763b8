import { afterEach, expect, it, vi } from 'vitest'
import { setParam } from '../../shared/graph/edit'
import { isIncomplete } from '../../shared/graph/issue'
import { testDocument, testSpecs } from '../canvas/testing'
import { createCatalogStore } from './catalog'
import { commit, createDocumentStore } from './document'
import { problemKey, watchProblems } from './problems'

afterEach(() => vi.useRealTimers())

function open() {
  vi.useFakeTimers()
  const document = createDocumentStore(testDocument)
  const catalog = createCatalogStore()
  catalog.setState({ specs: testSpecs })
  return { document, ...watchProblems(document, catalog) }
}
const type = (document: ReturnType<typeof createDocumentStore>, value: number) =>
  commit(document, 'Change heat', setParam(document.getState().document, { node: 'ask', param: 'heat', value }), 'ask.heat')

it('finds the problems of a graph once it is open, and of the node that has them', () => {
  const { store } = open()
  expect(store.getState().all).toEqual([])
  vi.advanceTimersByTime(1)
  expect(store.getState().byNode.get(problemKey(undefined, 'ghost'))?.code).toBe('unknown-type')
})

it('looks again when typing has come to rest, not at each key, and keeps what is the same', () => {
  const { document, store } = open()
  vi.advanceTimersByTime(1)
  const before = store.getState()
  const told = vi.fn()
  store.subscribe(told)
  for (let i = 0; i < 5; i++) {
    type(document, i + 1)
    vi.advanceTimersByTime(30)
  }
  expect(told).not.toHaveBeenCalled()
  vi.advanceTimersByTime(200)
  expect(told).toHaveBeenCalledTimes(1)
  expect(store.getState().byNode.get(problemKey(undefined, 'ghost'))).toBe(before.byNode.get(problemKey(undefined, 'ghost')))
})

it('does not wait for an end of typing that does not come', () => {
  const { document, store } = open()
  vi.advanceTimersByTime(1)
  const told = vi.fn()
  store.subscribe(told)
  for (let i = 0; i < 30; i++) {
    type(document, i + 1)
    vi.advanceTimersByTime(50)
  }
  expect(told.mock.calls.length).toBeGreaterThanOrEqual(2)
})

it('is silent after the graph was closed', () => {
  const { document, store, ends } = open()
  vi.advanceTimersByTime(1)
  const told = vi.fn()
  store.subscribe(told)
  type(document, 1)
  for (const end of ends) end()
  vi.advanceTimersByTime(1000)
  expect(told).not.toHaveBeenCalled()
})

it('tells what is wrong from what is only not finished, and says the first before the second', () => {
  const { store } = open()
  vi.advanceTimersByTime(1)
  const { all, byNode } = store.getState()
  expect(all.filter(({ severity }) => severity === 'error').map((issue) => [issue.code, isIncomplete(issue)])).toEqual([
    ['unknown-type', false],
    ['model-unset', true],
  ])
  expect(byNode.get(problemKey(undefined, 'ask'))?.code).toBe('model-unset')
})
