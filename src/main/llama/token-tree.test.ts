import { describe, expect, it } from 'vitest'
import { keptTokens, placesOf } from './token-tree'

const places = (count: number, parents: readonly number[]) => {
  let next = 10
  return placesOf(count, parents, 0, () => next++)
}

describe('a tree of tokens in sequences', () => {
  it('gives a token to every way that passes it; the way of the kept tokens is the main sequence', () => {
    // two tokens in a row, then 0-1, another root 2, and 3 after 1
    expect(places(6, [-1, 0, -1, 1])).toEqual([
      { depth: 0, sequences: [10, 0] },
      { depth: 1, sequences: [10, 0] },
      { depth: 2, sequences: [0] },
      { depth: 3, sequences: [0] },
      { depth: 2, sequences: [10] },
      { depth: 4, sequences: [0] },
    ])
  })
  it('is a row where every token follows the one before it', () => {
    expect(places(3, [-1, 0])).toEqual([0, 1, 2].map((depth) => ({ depth, sequences: [0] })))
  })
  it('keeps those that follow each other from the first on', () => {
    expect(keptTokens([7, 8, 1, 2, 3, 4], [-1, 0, -1, 1])).toEqual([7, 8, 1, 2])
    expect(keptTokens([7, 1, 2], [-1, 0])).toEqual([7, 1, 2])
    expect(keptTokens([7, 1])).toEqual([7, 1])
  })
})
