import { describe, expect, it } from 'vitest'
import { GuessLength } from './guess-length'
import { Reputation } from './reputation'

describe('how often a drafter is right', () => {
  it('expects a + a² + … tokens of a guess', () => {
    const reputation = new Reputation(1, { right: 7, judged: 9 })
    const a = reputation.acceptance
    expect(a).toBeCloseTo(0.75, 12)
    expect(reputation.expected(3)).toBeCloseTo(a + a ** 2 + a ** 3, 12)
    expect(reputation.expected(0)).toBe(0)
  })

  it('forgets what was long ago', () => {
    const [faithful, fading] = [new Reputation(1), new Reputation(0.5)]
    for (const reputation of [faithful, fading]) {
      for (let i = 0; i < 20; i++) reputation.learn(8, 8)
      for (let i = 0; i < 5; i++) reputation.learn(0, 1)
    }
    expect(faithful.acceptance).toBeGreaterThan(0.9)
    expect(fading.acceptance).toBeLessThan(0.5)
    expect(fading.perGuess).toBeLessThan(faithful.perGuess)
  })
})

describe('the length of a guess that costs nothing', () => {
  it('grows while every token is right, to the length that pays most', () => {
    const length = new GuessLength(64, true)
    const lengths = Array.from({ length: 40 }, () => {
      length.learn(length.current, length.current)
      return length.current
    })
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
    expect(lengths[0]).toBeLessThan(6)
    expect(lengths.at(-1)).toBeGreaterThan(12)
  })

  it('is shorter the less often tokens are right', () => {
    const settled = [1, 0.75, 0.5].map((share) => {
      const length = new GuessLength(16, true)
      for (let i = 0; i < 20; i++) length.learn(8, Math.round(8 * share))
      return length.current
    })
    expect(settled).toEqual(settled.toSorted((a, b) => b - a))
    expect(new Set(settled).size).toBe(3)
  })

  it('rests longer and longer where guesses fail, and wakes up at the first that is right', () => {
    const length = new GuessLength(8, true)
    while (length.current > 0) length.learn(length.current, 0)
    const rests: number[] = []
    for (let failures = 0; failures < 6; failures++) {
      let rest = 0
      for (; length.current === 0; rest++) length.learn(0, 0)
      rests.push(rest)
      expect(length.current).toBe(1)
      length.learn(1, 0)
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 16])
    while (length.current === 0) length.learn(0, 0)
    length.learn(1, 1)
    expect(length.current).toBeGreaterThan(1)
  })

  it('stays where it is when it is told to', () => {
    const length = new GuessLength(5, false)
    for (const accepted of [0, 0, 5, 0]) length.learn(5, accepted)
    expect(length.current).toBe(5)
  })
})
