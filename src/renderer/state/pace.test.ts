import { afterEach, describe, expect, it, vi } from 'vitest'
import { afterKeyMs, betweenMs, createPace, latestMs, mayDraw } from './pace'

const long = Number.NEGATIVE_INFINITY

describe('text that streams', () => {
  it('is drawn thirty times a second, not in the frame of a key, and never later than a tenth of a second', () => {
    expect(mayDraw({ now: 1000, drawn: long, asked: 1000, key: long })).toBe(true)
    expect(mayDraw({ now: 1000, drawn: 1000 - betweenMs + 1, asked: 1000, key: long })).toBe(false)
    expect(mayDraw({ now: 1000, drawn: long, asked: 1000, key: 1000 - afterKeyMs + 1 })).toBe(false)
    expect(mayDraw({ now: 1000, drawn: long, asked: 1000 - latestMs, key: 999 })).toBe(true)
  })
})

describe('a pace', () => {
  afterEach(() => vi.useRealTimers())

  it('draws once for what comes meanwhile, and at once what is urgent', () => {
    vi.useFakeTimers()
    const act = vi.fn()
    const pace = createPace(act)
    for (let i = 0; i < 5; i++) pace.ask(false)
    vi.advanceTimersByTime(60)
    expect(act).toHaveBeenCalledTimes(1)
    pace.ask(false)
    pace.ask(true)
    vi.advanceTimersByTime(60)
    expect(act).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(500)
    expect(act).toHaveBeenCalledTimes(2)
  })
})
