import { describe, expect, it } from 'vitest'
import { transport } from './transport'

describe('transport between unlike numbers of units', () => {
  it('of as many is an assignment', () => {
    expect(transport(Float64Array.of(0, 1, 1, 0), 2, 2)).toEqual([
      { sources: [1], shares: [1] },
      { sources: [0], shares: [1] },
    ])
  })
  it('of two on one each: four units fall into two pairs', () => {
    // units 0 and 3 look like the first, 1 and 2 like the second
    expect(transport(Float64Array.of(9, 1, 2, 8, 1, 9, 8, 2), 2, 4)).toEqual([
      { sources: [0, 3], shares: [1, 1] },
      { sources: [1, 2], shares: [1, 1] },
    ])
  })
  it('of two on three: each source gives two thirds and one third, all of it in the end', () => {
    // the middle one is like both
    const plan = transport(Float64Array.of(9, 0, 5, 5, 0, 9), 3, 2) ?? []
    expect(plan.map(({ sources }) => sources)).toEqual([[0], [0, 1], [1]])
    const given = [0, 1].map((source) => plan.reduce((sum, { sources, shares }) => sum + (shares[sources.indexOf(source)] ?? 0), 0))
    for (const mass of given) expect(mass).toBeCloseTo(1, 9)
    for (const { shares } of plan) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(2 / 3, 9)
  })
  it('is not tried where it would take too long', () => {
    expect(transport(new Float64Array(2047 * 2048), 2047, 2048)).toBeUndefined()
  })
})
