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
  it('count how many tokens in a row were what they would have guessed, the prompt’s too', () => {
    const tables = new NgramTables(3, 2, 1)
    tables.reset([4, 5, 6, 7, 4, 5, 6])
    expect(tables.streak).toBe(2) // 5 and 6
    tables.push([7, 4])
    expect(tables.streak).toBe(4)
    tables.push([9])
    expect(tables.streak).toBe(0)
    tables.reset([4])
    expect(tables.streak).toBe(0)
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
  const lengthsOver = (length: DraftLength, rounds: readonly (readonly [number, number])[]): number[] =>
    rounds.map(([drafted, accepted]) => {
      length.learn(drafted, accepted)
      return length.current
    })
  it('grows by two when all survive, shrinks by one when not, within its bounds', () => {
    const rounds = [
      [4, 4],
      [6, 6],
      [8, 8],
      [8, 2],
      [7, 1],
      [0, 0],
    ] as const
    expect(lengthsOver(new DraftLength(8, true), rounds)).toEqual([6, 8, 8, 7, 6, 6])
  })
  it('rests longer and longer where single guesses fail, and wakes up at the first that survives', () => {
    const length = new DraftLength(1, true)
    const rests: number[] = []
    for (let failures = 0; failures < 7; failures++) {
      length.learn(1, 0)
      let rest = 0
      while (length.current === 0) {
        length.learn(0, 0)
        rest++
      }
      rests.push(rest)
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 16, 16])
    expect(
      lengthsOver(length, [
        [1, 1],
        [1, 0],
      ]),
    ).toEqual([1, 0])
  })
  it('stays where it is when it is told to', () => {
    expect(
      lengthsOver(new DraftLength(5, false), [
        [5, 0],
        [5, 0],
        [5, 5],
      ]),
    ).toEqual([5, 5, 5])
  })
})
