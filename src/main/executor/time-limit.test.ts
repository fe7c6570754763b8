import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StopSwitch } from './stop-switch'
import { TimeLimit } from './time-limit'

describe('a limit of time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends once, when it is used up', () => {
    const onEnd = vi.fn()
    new TimeLimit(100, onEnd)
    vi.advanceTimersByTime(99)
    expect(onEnd).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('stands still while it is held, however many hold it, and goes on with what is left', () => {
    const onEnd = vi.fn()
    const limit = new TimeLimit(100, onEnd)
    vi.advanceTimersByTime(60)
    const [first, second] = [limit.hold(), limit.hold()]
    vi.advanceTimersByTime(10_000)
    first()
    first()
    vi.advanceTimersByTime(10_000)
    expect(onEnd).not.toHaveBeenCalled()
    second()
    vi.advanceTimersByTime(39)
    expect(onEnd).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onEnd).toHaveBeenCalledTimes(1)
  })

  it('does not begin again once it was ended', () => {
    const onEnd = vi.fn()
    const limit = new TimeLimit(100, onEnd)
    const leave = limit.hold()
    limit.end()
    leave()
    vi.advanceTimersByTime(1000)
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('of a container stands still while something inside it is held', () => {
    const [around, inside] = [new StopSwitch(), new StopSwitch()]
    const below = new StopSwitch(inside)
    inside.limit(50, () => 'inside')
    const whole = new StopSwitch(around)
    whole.limit(200, () => 'whole')
    const leave = below.holdLimits()
    vi.advanceTimersByTime(100)
    expect(inside.signal.aborted).toBe(false)
    leave()
    vi.advanceTimersByTime(50)
    expect(inside.signal.reason).toBe('inside')
    vi.advanceTimersByTime(50)
    expect(whole.signal.reason).toBe('whole')
    expect(around.signal.aborted).toBe(false)
  })
})
