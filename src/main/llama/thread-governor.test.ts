import { describe, expect, it } from 'vitest'
import { ThreadGovernor } from './thread-governor'

/** A governor that is told how often a processor was taken away, and what it records: fast computations first, so that it knows a quiet machine. */
function watched(threads = 4, fastMs = 8) {
  let preemptions = 0
  const governor = new ThreadGovernor(threads, () => preemptions)
  governor.record({ threads, ms: fastMs, tokens: 1 }, 0)
  return {
    governor,
    full: (ms: number, more: number, now: number, tokens = 1): void => {
      preemptions += more
      governor.record({ threads, ms, tokens }, now)
    },
    one: (ms: number, now: number, tokens = 1): void => governor.record({ threads: 1, ms, tokens }, now),
  }
}

describe('how many threads a computation takes', () => {
  it('takes all while nobody interferes', () => {
    const { governor, full } = watched()
    for (let t = 0; t < 1000; t += 8) {
      expect(governor.choose(t)).toBe(4)
      full(8, 1, t)
    }
  })

  it('asks the system only where a computation was slow', () => {
    let asked = 0
    const governor = new ThreadGovernor(2, () => ++asked)
    for (let t = 0; t < 800; t += 8) governor.record({ threads: 2, ms: 8 + (t % 16) / 16, tokens: 1 }, t)
    expect(asked).toBeLessThanOrEqual(1)
    governor.record({ threads: 2, ms: 20, tokens: 1 }, 820)
    expect(asked).toBeGreaterThanOrEqual(1)
  })

  it('tries one thread after interference, stays with it if that is faster, and looks again later', () => {
    const { governor, full, one } = watched()
    full(200, 90, 1000)
    expect(governor.choose(1000)).toBe(1)
    one(20, 1020)
    expect(governor.choose(1021)).toBe(1)
    expect(governor.choose(1020 + 20 * 200 - 1)).toBe(1)
    expect(governor.choose(1020 + 20 * 200)).toBe(4)
  })

  it('goes back at once if one thread is slower, and does not ask again for a while', () => {
    const { governor, full, one } = watched(4, 4)
    full(9, 90, 1000)
    one(16, 1016)
    expect(governor.choose(1017)).toBe(4)
    full(9, 3, 1030)
    expect(governor.choose(1031)).toBe(4)
    full(9, 30, 1500)
    expect(governor.choose(1501)).toBe(1)
  })

  it('compares by the token, and does not mind a rare preemption in a long computation', () => {
    const { governor, full, one } = watched(4, 1)
    full(200, 0, 600, 100)
    full(400, 10, 1000, 100)
    expect(governor.choose(1000)).toBe(4)
    full(400, 60, 2000, 100)
    expect(governor.choose(2000)).toBe(1)
    one(100, 2100, 10)
    expect(governor.choose(2100)).toBe(4)
  })

  it('has nothing to choose with one thread', () => {
    const { governor, full } = watched(1)
    full(500, 99, 0)
    expect(governor.choose(1)).toBe(1)
  })
})
