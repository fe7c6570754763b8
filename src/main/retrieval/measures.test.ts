import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureRanking } from './measures'

describe('measures of a ranking', () => {
  const grades = new Map([
    ['a', 3],
    ['b', 2],
    ['c', 2],
    ['d', 1],
  ])
  it('are those worked out by hand', () => {
    const { ndcg, averagePrecision, recall, precision, reciprocalRank } = measureRanking(['a', 'x', 'b', 'd'], grades, 4)
    expect(ndcg).toBeCloseTo(0.778331, 6)
    expect(averagePrecision).toBeCloseTo(0.604167, 6)
    expect([recall, precision, reciprocalRank]).toEqual([0.75, 0.75, 1])
  })
  it('are nothing where nothing was found or nothing is relevant, and count an id once', () => {
    expect(measureRanking([], grades, 5).ndcg).toBe(0)
    expect(measureRanking(['a'], new Map(), 5).recall).toBe(0)
    expect(measureRanking(['a', 'a', 'a'], new Map([['a', 1]]), 3).precision).toBeCloseTo(1 / 3)
  })
  it('lie in 0 to 1, and the ideal order is 1', () => {
    const ids = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'x', 'y'])
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 7 }), (found, k) => {
        for (const value of Object.values(measureRanking(found, grades, k))) expect(value).toBeGreaterThanOrEqual(0)
        expect(measureRanking(found, grades, k).ndcg).toBeLessThanOrEqual(1 + 1e-12)
        expect(measureRanking(['a', 'b', 'c', 'd'], grades, k).ndcg).toBeCloseTo(1, 9)
      }),
    )
  })
})
