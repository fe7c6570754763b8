import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agreeOfThree, consensusScores, matchScore } from './consensus'
import { editDistance, normaliseAnswer, rougeL, tokenF1 } from './overlap'
import { aggregatePairs, bradleyTerry, bubble, ranksOf } from './pairwise'
import { combineRewards, standardise } from './reward'
import { countRankedLists, countVotes, logOddsWeight } from './vote'

const split = (text: string) => text.split(' ')
const round = (value: number) => Number(value.toFixed(6))

describe('what texts share', () => {
  it('is counted over normalised words', () => {
    expect(normaliseAnswer('The  Eiffel-Tower!')).toBe('eiffeltower')
    expect(round(tokenF1('The Eiffel Tower!', 'eiffel tower in Paris'))).toBe(0.666667)
    expect(tokenF1('', 'the')).toBe(1)
    expect(tokenF1('', 'x')).toBe(0)
  })
  it('is the longest common subsequence for ROUGE-L', () => {
    const { precision, recall, f } = rougeL(split('the cat lay on mat'), split('the cat sat on the mat'))
    expect([precision, recall, f].map(round)).toEqual([0.8, 0.666667, 0.727273])
    expect(rougeL([], ['a']).f).toBe(0)
  })
  it('is few edits apart', () => {
    expect(editDistance('Michael Jordan played for the LA Lakers.', 'Michael Jordan played for the Chicago Bulls.')).toBe(11)
    expect(editDistance(split('the cat sat on mat'), split('a cat sat on the mat'))).toBe(2)
    fc.assert(fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => editDistance(a, b) === editDistance(b, a)))
  })
})

describe('comparisons in pairs', () => {
  const preference = [
    [0, 1.2, -0.4, 2],
    [-0.8, 0, 0.6, 1],
    [0.9, -0.2, 0, -0.5],
    [-1.5, -0.3, 0.8, 0],
  ]
  it('give the scores and ranks worked out by hand', () => {
    expect(aggregatePairs(preference, 'max-logits').map(round)).toEqual([4.2, 0.1, -0.8, -3.5])
    expect(aggregatePairs(preference, 'max-wins')).toEqual([4, 4, 2, 2])
    expect(ranksOf([4, 4, 2, 2])).toEqual([1, 1, 3, 3])
    expect(ranksOf(aggregatePairs(preference, 'max-logits'))).toEqual([1, 2, 3, 4])
    expect(aggregatePairs(preference, 'copeland')).toEqual([1, 1, -1, -1])
  })
  it('depend on the order when the winner stays', () => {
    const compare = (a: number, b: number) => preference[a]![b]! - preference[b]![a]!
    expect([bubble([0, 1, 2, 3], compare), bubble([3, 2, 1, 0], compare), bubble([2, 0, 3, 1], compare)]).toEqual([3, 0, 1])
    expect(bubble([5], compare)).toBe(5)
  })
  it('stay finite for one who always wins, and order candidates by strength', () => {
    const strengths = bradleyTerry([
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 0],
    ])
    expect(strengths[0]!).toBeGreaterThan(strengths[1]!)
    expect(strengths[1]!).toBeGreaterThan(strengths[2]!)
    expect(strengths.every(Number.isFinite)).toBe(true)
    expect(round(strengths.reduce((sum, value) => sum + value, 0))).toBe(0)
    expect(aggregatePairs([[0]], 'bradley-terry')).toEqual([0])
  })
  it('cancel a judge who only likes the first place', () => {
    const biased = [
      [0, 3, 3],
      [3, 0, 3],
      [3, 3, 0],
    ]
    for (const rule of ['max-logits', 'copeland', 'bradley-terry'] as const)
      expect(new Set(aggregatePairs(biased, rule).map(round)).size).toBe(1)
  })
})

describe('votes', () => {
  const ballots = (keys: string, weights?: number[]) =>
    [...keys].map((key, i) => ({ key: key === '-' ? null : key, ...(weights ? { weight: weights[i]! } : {}) }))
  it('go to the most weight, ties to the first seen, and the unreadable count in the total', () => {
    expect(countVotes(ballots('BABCA')).map(({ key }) => key)).toEqual(['B', 'A', 'C'])
    const weighted = countVotes(ballots('BABCA', [0.9, 0.8, 0.5, 0.3, 0.7]))
    expect(weighted.map(({ key, weight }) => [key, round(weight)])).toEqual([
      ['A', 1.5],
      ['B', 1.4],
      ['C', 0.3],
    ])
    expect(countVotes(ballots('AA-B'))[0]!.share).toBe(0.5)
    expect(countVotes([])).toEqual([])
    expect(countVotes(ballots('A', [-1]))[0]!.weight).toBe(0)
  })
  it('weigh as much as voters are right', () => {
    expect([0.9, 0.7, 0.6].map(logOddsWeight).map(round)).toEqual([2.197225, 0.847298, 0.405465])
  })
  it('of ranked lists add reciprocal ranks', () => {
    const counted = countRankedLists([
      ['flu', 'cold', 'covid'],
      ['covid', 'flu'],
      ['cold', 'covid', 'flu'],
    ])
    expect(counted.map(({ key, score }) => [key, round(score)])).toEqual([
      ['flu', 0.611111],
      ['covid', 0.611111],
      ['cold', 0.5],
    ])
  })
})

describe('consensus', () => {
  const texts: [string, string, string] = ['the cat sat on the mat', 'a cat sat on a mat', 'the cat is on the mat']
  const likeness = (a: string, b: string) => rougeL(split(a), split(b)).f
  it('is the text most like the others', () => {
    expect(consensusScores(texts, likeness).map(round)).toEqual([0.75, 0.583333, 0.666667])
    expect(consensusScores(['x'], likeness)).toEqual([1])
    expect(consensusScores([], likeness)).toEqual([])
  })
  it('of three keeps one or none', () => {
    expect(agreeOfThree(texts, likeness)).toBe(0)
    expect(agreeOfThree([texts[0], texts[1], 'dogs bark loudly'], likeness)).toBeNull()
    expect(agreeOfThree(['x', 'y', 'y'], likeness)).toBe(1)
    expect(agreeOfThree(['y', 'x', 'y'], likeness)).toBe(0)
  })
  it('matches token vectors greedily', () => {
    const { precision, recall, f } = matchScore([
      [1, 0.8],
      [0, 0.6],
      [0.6, 0.96],
    ])
    expect([precision, recall, f].map(round)).toEqual([0.853333, 0.98, 0.912291])
  })
})

describe('several scorers', () => {
  const rows = [
    [1, 1.4, 0.6],
    [2.2, 0.1, 1],
    [0.9, 1, 0.95],
  ]
  it('are combined as by hand', () => {
    expect(rows.map((row) => round(combineRewards(row, 'mean')))).toEqual([1, 1.1, 0.95])
    expect(rows.map((row) => combineRewards(row, 'worst'))).toEqual([0.6, 0.1, 0.9])
    expect(rows.map((row) => round(combineRewards(row, 'uncertainty', 0.5)))).toEqual([0.946667, 0.73, 0.949167])
    expect(rows.map((row) => combineRewards(row, 'median'))).toEqual([1, 1, 0.95])
    expect(combineRewards([], 'mean')).toBeNaN()
  })
  it('are brought to one scale', () => {
    expect(
      standardise([
        [1, 5],
        [3, 5],
      ]),
    ).toEqual([
      [-1, 0],
      [1, 0],
    ])
  })
})
