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
      length.learn(length.after(), length.after())
      return length.after()
    })
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
    expect(lengths[0]).toBeLessThan(6)
    expect(lengths.at(-1)).toBeGreaterThan(12)
  })

  it('is long at once where the text has long been what would have been guessed, unless it rests or keeps to its length', () => {
    const length = new GuessLength(64, true)
    expect(length.after(23)).toBe(length.after())
    expect(length.after(24)).toBeGreaterThan(2 * length.after())
    expect(length.after(1000)).toBeGreaterThan(length.after(100))
    while (length.after() > 0) length.learn(length.after(), 0)
    expect(length.after(1000)).toBe(0)
    expect(new GuessLength(5, false).after(1000)).toBe(5)
    expect(new GuessLength(5, true).after(1000)).toBe(5)
  })

  it('is shorter the less often tokens are right', () => {
    const settled = [1, 0.75, 0.5].map((share) => {
      const length = new GuessLength(16, true)
      for (let i = 0; i < 20; i++) length.learn(8, Math.round(8 * share))
      return length.after()
    })
    expect(settled).toEqual(settled.toSorted((a, b) => b - a))
    expect(new Set(settled).size).toBe(3)
  })

  it('rests longer and longer where guesses fail, and wakes up at the first that is right', () => {
    const length = new GuessLength(8, true)
    while (length.after() > 0) length.learn(length.after(), 0)
    const rests: number[] = []
    for (let failures = 0; failures < 6; failures++) {
      let rest = 0
      for (; length.after() === 0; rest++) length.learn(0, 0)
      rests.push(rest)
      expect(length.after()).toBe(1)
      length.learn(1, 0)
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 16])
    while (length.after() === 0) length.learn(0, 0)
    length.learn(1, 1)
    expect(length.after()).toBeGreaterThan(1)
  })

  it('stays where it is when it is told to', () => {
    const length = new GuessLength(5, false)
    for (const accepted of [0, 0, 5, 0]) length.learn(5, accepted)
    expect(length.after()).toBe(5)
  })
})
