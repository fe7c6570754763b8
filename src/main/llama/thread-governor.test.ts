import { describe, expect, it } from 'vitest'
import { ThreadGovernor } from './thread-governor'

const full = (ms: number, preemptions = 0) => ({ threads: 4, ms, tokens: 1, preemptions })
const one = (ms: number) => ({ threads: 1, ms, tokens: 1, preemptions: 0 })

describe('how many threads a computation takes', () => {
  it('takes all while nobody interferes', () => {
    const governor = new ThreadGovernor(4)
    for (let t = 0; t < 1000; t += 8) {
      expect(governor.choose(t)).toBe(4)
      governor.record(full(8, 1), t)
    }
  })

  it('tries one thread after interference, stays with it if that is faster, and looks again later', () => {
    const governor = new ThreadGovernor(4)
    governor.record(full(200, 30), 1000)
    expect(governor.choose(1000)).toBe(1)
    governor.record(one(20), 1020)
    expect(governor.choose(1021)).toBe(1)
    expect(governor.choose(1020 + 20 * 200 - 1)).toBe(1)
    expect(governor.choose(1020 + 20 * 200)).toBe(4)
  })

  it('goes back at once if one thread is slower, and does not ask again for a while', () => {
    const governor = new ThreadGovernor(4)
    governor.record(full(9, 3), 1000)
    governor.record(one(16), 1016)
    expect(governor.choose(1017)).toBe(4)
    governor.record(full(9, 3), 1030)
    expect(governor.choose(1031)).toBe(4)
    governor.record(full(9, 3), 1500)
    expect(governor.choose(1501)).toBe(1)
  })

  it('compares by the token, and does not mind a rare preemption in a long computation', () => {
    const governor = new ThreadGovernor(4)
    governor.record({ threads: 4, ms: 400, tokens: 100, preemptions: 10 }, 1000)
    expect(governor.choose(1000)).toBe(4)
    governor.record({ threads: 4, ms: 400, tokens: 100, preemptions: 60 }, 2000)
    expect(governor.choose(2000)).toBe(1)
    governor.record({ threads: 1, ms: 100, tokens: 10, preemptions: 0 }, 2100)
    expect(governor.choose(2100)).toBe(4)
  })

  it('has nothing to choose with one thread', () => {
    const governor = new ThreadGovernor(1)
    governor.record({ threads: 1, ms: 500, tokens: 1, preemptions: 99 }, 0)
    expect(governor.choose(1)).toBe(1)
  })
})
