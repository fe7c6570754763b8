import { describe, expect, it } from 'vitest'
import { averageQuality, chooseByUtility, predictRightness, qualityHull } from './records'

describe('routing by records', () => {
  const records = [
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 1],
    [0, 1],
    [1, 1],
  ]
  it('averages what happened to the nearest questions', () => {
    expect(predictRightness(records, [1, 2, 0], 2).map((value) => Number(value!.toFixed(6)))).toEqual([0.666667, 0.666667])
    expect(predictRightness(records, [4, 5, 3], 2).map((value) => Number(value!.toFixed(6)))).toEqual([0.333333, 1])
    expect(predictRightness([[null, 1]], [0], 2)).toEqual([null, 1])
    expect(predictRightness([], [], 1)).toEqual([null])
  })
  it('weighs rightness against cost, and takes the cheaper of equals', () => {
    expect(chooseByUtility([2 / 3, 2 / 3], [0.1, 0.5], 0.5)).toBe(0)
    expect(chooseByUtility([2 / 3, 2 / 3], [0.5, 0.1], 0)).toBe(1)
    expect(chooseByUtility([null, 0.1], [0, 9], 0)).toBe(1)
    expect(chooseByUtility([null, null], [1, 0], 0)).toBe(1)
  })
})

describe('cost against quality', () => {
  const points = [
    [1, 0.4],
    [2, 0.55],
    [3, 0.5],
    [4, 0.7],
    [6, 0.68],
    [8, 0.8],
  ].map(([cost, quality]) => ({ cost: cost!, quality: quality! }))
  it('has the hull and the mean height worked out by hand', () => {
    expect(qualityHull(points).map(({ cost }) => cost)).toEqual([1, 2, 4, 8])
    expect(averageQuality(points)).toBeCloseTo(0.675, 9)
    expect(averageQuality([points[0]!, points[5]!])).toBeCloseTo(0.6, 9)
  })
  it('of one point is its quality, of none is no number', () => {
    expect(averageQuality([points[0]!])).toBe(0.4)
    expect(averageQuality([])).toBeNaN()
    expect(
      averageQuality([
        { cost: 1, quality: 0.2 },
        { cost: 1, quality: 0.5 },
      ]),
    ).toBe(0.5)
  })
})
