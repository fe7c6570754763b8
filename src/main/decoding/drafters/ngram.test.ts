import { describe, expect, it } from 'vitest'
import { DraftLength } from '../draft-length'
import { NgramTables } from '../ngram-tables'
import { lookUp } from './prompt-lookup'

/** a b c a b d a b c a b */
const text = [0, 1, 2, 0, 1, 3, 0, 1, 2, 0, 1]
const drafted = (order: number, minCount: number, limit = 1): number[] => {
  const tables = new NgramTables(order, 2, minCount)
  tables.reset(text)
  return tables.predict(limit)
}

describe('n-gram tables', () => {
  it('draft the most frequent follower of the longest known context', () => {
    expect(drafted(2, 1)).toEqual([2])
    expect(drafted(3, 1)).toEqual([2])
  })
  it('are misled by a long context seen once, unless a least count is asked for', () => {
    expect(drafted(4, 1)).toEqual([3])
    expect(drafted(4, 2)).toEqual([2])
  })
  it('trust a long context seen once where nothing shorter is known', () => {
    const tables = new NgramTables(4, 4, 2)
    tables.reset([7, 8, 9, 5, 1, 7, 8, 9])
    expect(tables.predict(1)).toEqual([5])
  })
  it('go on from what they drafted, up to the limit', () => {
    expect(drafted(3, 1, 3)).toEqual([2, 0, 1])
    expect(drafted(3, 1, 0)).toEqual([])
  })
  it('take the latest among equally frequent followers', () => {
    const tables = new NgramTables(2, 2, 1)
    tables.reset([1, 5, 1, 6, 1])
    expect(tables.predict(1)).toEqual([6])
  })
  it('draft nothing where nothing repeats, and forget at a reset', () => {
    const tables = new NgramTables(4, 2, 1)
    tables.reset([1, 2, 3])
    expect(tables.predict(5)).toEqual([])
    tables.reset([4, 4])
    expect(tables.predict(2)).toEqual([4, 4])
    tables.reset([])
    expect(tables.predict(2)).toEqual([])
  })
})

describe('prompt look-up', () => {
  it('copies what followed the latest earlier occurrence of the longest ending', () => {
    expect(lookUp(text, 3, 4)).toEqual([3, 0, 1, 2])
    expect(lookUp(text, 2, 2)).toEqual([2, 0])
    expect(lookUp([1, 2, 3], 3, 4)).toEqual([])
    expect(lookUp([], 3, 4)).toEqual([])
    expect(lookUp([1], 3, 4)).toEqual([])
  })
})

describe('the length of drafts', () => {
  it('grows by two when all survive, shrinks by one when not, within its bounds', () => {
    const length = new DraftLength(4, 1, 8)
    const steps: number[] = []
    for (const [drafted, accepted] of [
      [4, 4],
      [6, 6],
      [8, 8],
      [8, 2],
      [7, 0],
      [0, 0],
    ] as const) {
      length.learn(drafted, accepted)
      steps.push(length.current)
    }
    expect(steps).toEqual([6, 8, 8, 7, 6, 6])
    for (let i = 0; i < 20; i++) length.learn(1, 0)
    expect(length.current).toBe(1)
  })
})
