import { describe, expect, it } from 'vitest'
import { bootstrapMean, pairedTest } from './statistics'

describe('the bootstrap interval', () => {
  it('of one value, or of equal ones, is the value', () => {
    expect(bootstrapMean([0.25])).toEqual({ mean: 0.25, low: 0.25, high: 0.25 })
    expect(bootstrapMean([1, 1, 1])).toEqual({ mean: 1, low: 1, high: 1 })
  })
  it('comes near ±1.96 standard errors for many values', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2)
    const { mean, low, high } = bootstrapMean(values, { resamples: 2000 })
    expect(mean).toBe(0.5)
    // standard error √(0.25/400) = 0.025
    expect(low).toBeCloseTo(0.451, 2)
    expect(high).toBeCloseTo(0.549, 2)
  })
  it('covers the mean of a skewed law about as often as it says', () => {
    let covered = 0
    for (let trial = 0; trial < 200; trial++) {
      // 30 draws with mean 0.2 by a linear congruence of their own
      let state = trial * 7919 + 1
      const values = Array.from({ length: 30 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32 < 0.2 ? 1 : 0
      })
      const { low, high } = bootstrapMean(values, { seed: trial, resamples: 400 })
      if (low <= 0.2 && 0.2 <= high) covered++
    }
    expect(covered / 200).toBeGreaterThan(0.85)
    expect(covered / 200).toBeLessThan(1)
  })
  it('is the same for the same seed, and refuses no values', () => {
    const values = [0, 1, 1, 0, 1, 0.5]
    expect(bootstrapMean(values, { seed: 3 })).toEqual(bootstrapMean(values, { seed: 3 }))
    expect(() => bootstrapMean([])).toThrow(RangeError)
  })
})

describe('the paired test', () => {
  it('knows the exact p of right against wrong', () => {
    // 5 wins of 5: 2 · 1/32
    expect(pairedTest([1, 1, 1, 1, 1])).toBeCloseTo(0.0625, 12)
    // 9 wins, 1 loss: 2 · (1 + 10)/1024
    expect(pairedTest([...Array(9).fill(1), -1])).toBeCloseTo(22 / 1024, 12)
    expect(pairedTest([1, -1])).toBe(1)
    expect(pairedTest([1])).toBe(1)
  })
  it('leaves out rows that do not differ', () => expect(pairedTest([0, 0, 1, 1, 1, 1, 1, 0])).toBeCloseTo(0.0625, 12))
  it('is 1 where nothing differs', () => expect(pairedTest([0, 0])).toBe(1))
  it('counts all sign patterns of few differences', () => {
    // |±3 ±2 ±1| ≥ 6: 2 of 8 patterns; ≥ 4 (3+2−1): 4 of 8
    expect(pairedTest([3, 2, 1])).toBe(0.25)
    expect(pairedTest([3, 2, -1])).toBe(0.5)
  })
  it('draws patterns of many, and comes near the exact p', () => {
    const differences = Array.from({ length: 30 }, (_, i) => 1 + (i % 3) * 1e-3)
    expect(pairedTest(differences)).toBeLessThan(0.001)
    const balanced = differences.map((d, i) => (i % 2 ? d : -d))
    expect(pairedTest(balanced)).toBeGreaterThan(0.5)
    expect(pairedTest(differences, { seed: 1 })).toBe(pairedTest(differences, { seed: 1 }))
  })
  it('of thousands of rows does not under- or overflow', () => {
    const many = [...Array(3000).fill(1), ...Array(2900).fill(-1)]
    expect(pairedTest(many)).toBeCloseTo(0.1974, 2)
    expect(pairedTest(Array(5000).fill(1))).toBeGreaterThanOrEqual(0)
  })
})
