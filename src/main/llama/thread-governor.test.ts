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

  it('asks the system only where computations have become slow', () => {
    let asked = 0
    const governor = new ThreadGovernor(2, () => ++asked)
    for (let t = 0; t < 800; t += 8) governor.record({ threads: 2, ms: 8 + (t % 16) / 16, tokens: 1 }, t)
    expect(asked).toBe(1) // to begin counting
    for (let t = 800; t < 900; t += 20) governor.record({ threads: 2, ms: 20, tokens: 1 }, t)
    expect(asked).toBeGreaterThan(1)
  })

  it('does not mind a single slow computation, whatever the system says', () => {
    const { governor, full } = watched()
    for (let t = 0; t < 4000; t += 8) {
      full(t % 400 === 0 ? 40 : 8, 9, t)
      expect(governor.choose(t)).toBe(4)
    }
  })

  it('tries one thread after interference, stays with it if that is faster, and looks again later', () => {
    const { governor, full, one } = watched()
    full(200, 90, 1000)
    expect(governor.choose(1000)).toBe(4) // not much is known yet
    full(200, 90, 1200)
    expect(governor.choose(1200)).toBe(1)
    one(20, 1220)
    expect(governor.choose(1221)).toBe(1)
    const restMs = 10 * (8 + 200 + 200)
    expect(governor.choose(1220 + restMs - 1)).toBe(1)
    expect(governor.choose(1220 + restMs)).toBe(4)
    full(200, 90, 6000) // it must be found out anew
    full(8, 90, 6008)
    expect(governor.choose(6008)).toBe(4)
  })

  it('goes back at once if one thread is slower, and asks more and more rarely', () => {
    const { governor, full, one } = watched(4, 4)
    const probes: number[] = []
    for (let t = 1000; t < 20_000; t += 10) {
      if (governor.choose(t) === 1) {
        probes.push(t)
        one(16, t)
      } else full(9, 30, t)
    }
    const pauses = probes.slice(1).map((at, i) => Math.round((at - (probes[i] as number)) / 100) * 100)
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000].map((ms) => expect.closeTo(ms, -2)))
  })

  it('compares by the token among computations of about one size, and does not mind a rare preemption in a long one', () => {
    const { governor, full, one } = watched(4, 1)
    full(200, 0, 600, 100)
    full(400, 10, 1000, 100)
    full(400, 10, 1400, 100)
    expect(governor.choose(1400)).toBe(4)
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
