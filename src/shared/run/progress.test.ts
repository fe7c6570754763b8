import { describe, expect, it } from 'vitest'
import { nextProgress } from './progress'

describe('the progress of a node', () => {
  it('tells what is left by the pace since it was first heard of', () => {
    const first = nextProgress(undefined, { done: 10, total: 100, t: 1000 }, 'tokens')
    expect(first).toEqual({ done: 10, total: 100, unit: 'tokens', since: { t: 1000, done: 10 } })
    const second = nextProgress(first, { done: 40, total: 100, t: 4000 }, 'tokens')
    expect(second).toMatchObject({ done: 40, leftMs: 6000 })
    expect(nextProgress(second, { done: 100, total: 100, t: 9000 }, 'tokens').leftMs).toBe(0)
  })
  it('begins anew with something else', () => {
    const first = nextProgress(undefined, { done: 10, total: 100, t: 1000 }, 'tokens')
    for (const [event, unit] of [
      [{ done: 20, total: 100, t: 2000 }, 'texts'],
      [{ done: 20, total: 50, t: 2000 }, 'tokens'],
      [{ done: 5, total: 100, t: 2000 }, 'tokens'],
    ] as const)
      expect(nextProgress(first, event, unit)).toMatchObject({ since: { t: 2000, done: event.done } })
  })
})
