import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildPostings } from './bm25'
import { cosine, packVectors, searchDense } from './dense'
import { diversify, fuseRanks, fuseScores } from './fuse'
import { decodeIndex, encodeIndex } from './index-bytes'
import { queryTerms, tokenize } from './tokenize'
import { topK } from './top-k'

const f32 = (...values: number[]) => Float32Array.from(values)

describe('terms', () => {
  it('are lower-case words of any script, without possessives', () => {
    expect(tokenize("The Dog's ﬁve Straße, 3.5 & l'été", { stem: false })).toEqual(['the', 'dog', 'five', 'straße', '3', '5', "l'été"])
    expect(tokenize('', { stem: false })).toEqual([])
    expect(tokenize('我们去公园', { stem: false }).length).toBeGreaterThan(1)
  })
  it('are stemmed on request, in English only', () => {
    expect(tokenize('running lighthouses были', { stem: true })).toEqual(['run', 'lighthous', 'были'])
  })
  it('of a query leave function words out, unless there is nothing else', () => {
    expect(queryTerms('Where is the red key?', { stem: false, dropFunctionWords: true })).toEqual(['red', 'key'])
    expect(queryTerms('who is it', { stem: false, dropFunctionWords: true })).toEqual(['who', 'is', 'it'])
    expect(queryTerms('the key', { stem: false, dropFunctionWords: false })).toEqual(['the', 'key'])
  })
})

describe('the k best', () => {
  it('agree with a full sort, ties by lower index, NaN nowhere', () => {
    const score = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NaN))
    fc.assert(
      fc.property(fc.array(score, { maxLength: 40 }), fc.integer({ min: 0, max: 10 }), (scores, k) => {
        const sorted = scores
          .map((value, index) => ({ index, score: value }))
          .filter((hit) => !Number.isNaN(hit.score))
          .sort((a, b) => b.score - a.score || a.index - b.index)
        expect(topK(scores, k)).toEqual(sorted.slice(0, k))
      }),
    )
  })
})

describe('dense search', () => {
  const vectors = packVectors([f32(1, 0, 0, 0), f32(0.9, 0.1, 0, 0), f32(0, 1, 0, 0), f32(0, 0, 0, 0)])
  it('gives the cosines worked out by hand and never a zero vector', () => {
    const hits = searchDense(vectors, f32(2, 0, 0, 0), 10)
    expect(hits.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(1 - hits[1]!.score).toBeCloseTo(0.006116, 5)
    expect(searchDense(vectors, f32(0, 0, 0, 0), 10)).toEqual([])
  })
  it('refuses vectors of another length, naming both', () => {
    expect(() => searchDense(vectors, f32(1, 0), 1)).toThrow(/4 numbers.*2/)
    expect(() => packVectors([f32(1), f32(1, 2)])).toThrow(RangeError)
    expect(cosine(f32(1, 1), f32(1, 0))).toBeCloseTo(Math.SQRT1_2, 6)
  })
  it('finds nothing in nothing', () => {
    expect(searchDense(packVectors([]), f32(1), 3)).toEqual([])
  })
})

describe('fusing rankings', () => {
  const lists = [
    ['d1', 'd2', 'd3'],
    ['d3', 'd1', 'd4'],
  ]
  const scores = (fused: { id: string; score: number }[]) =>
    Object.fromEntries(fused.map(({ id, score }) => [id, Number(score.toFixed(8))]))
  it('by reciprocal ranks gives the numbers worked out by hand', () => {
    expect(scores(fuseRanks(lists))).toEqual({ d1: 0.03252247, d3: 0.03226646, d2: 0.01612903, d4: 0.01587302 })
    expect(scores(fuseRanks(lists, { weights: [0.7, 0.3] }))).toEqual({ d1: 0.01631412, d3: 0.01602914, d2: 0.01129032, d4: 0.0047619 })
    expect(fuseRanks(lists, { k: 1 }).map(({ score }) => Number(score.toFixed(6)))).toEqual([0.833333, 0.75, 0.333333, 0.25])
  })
  it('leaves one list in its order, and an id counts once a list', () => {
    expect(fuseRanks([['a', 'b', 'a']])).toEqual(fuseRanks([['a', 'b']]))
    expect(fuseRanks([])).toEqual([])
  })
  it('by scores gives the numbers worked out by hand', () => {
    const ids = ['a', 'b', 'c', 'd']
    const list = (values: number[]) => ids.map((id, index) => ({ id, score: values[index]! }))
    const fused = fuseScores(list([0.2, 0.8, 0.5, 0.8]), list([3, 1, 0, 2]), 0.5)
    expect(ids.map((id) => Number(fused.find((hit) => hit.id === id)!.score.toFixed(6)))).toEqual([0.5, 0.666667, 0.25, 0.833333])
    expect(fuseScores(list([1, 1, 1, 1]), [], 1).map(({ score }) => score)).toEqual([1, 1, 1, 1])
  })
  it('spreads results by what they add', () => {
    const similar: Record<string, number> = { '0-1': 0.95, '0-2': 0.1, '0-3': 0.2, '1-2': 0.1, '1-3': 0.3, '2-3': 0.1 }
    const similarity = (a: number, b: number) => similar[`${Math.min(a, b)}-${Math.max(a, b)}`]!
    const relevance = [0.9, 0.85, 0.4, 0.6]
    expect(diversify(relevance, similarity, 0.5, 3)).toEqual([0, 3, 2])
    expect(diversify(relevance, similarity, 0.7, 3)).toEqual([0, 3, 1])
    expect(diversify(relevance, similarity, 1, 3)).toEqual([0, 1, 3])
  })
})

describe('an index as bytes', () => {
  const passages = ['the cat sat', 'a dog'].map((text, index) => ({
    id: `p${index}`,
    text,
    of: 'd',
    start: 0,
    end: text.length,
    title: 'Ünïcode',
  }))
  const index = {
    passages,
    tokenizer: { stem: true },
    postings: buildPostings(passages.map(({ text }) => text.split(' '))),
    vectors: packVectors([f32(1, 0), f32(3, 4)]),
  }

  it('comes back equal, with and without vectors, from any place in a buffer', () => {
    const { vectors: _, ...sparse } = index
    for (const original of [index, sparse]) {
      const bytes = encodeIndex(original)
      const shifted = new Uint8Array(bytes.length + 3)
      shifted.set(bytes, 3)
      expect(decodeIndex(shifted.subarray(3))).toEqual(original)
    }
    expect(encodeIndex(index)).toEqual(encodeIndex(index))
  })
  it('is refused with a sentence when it is cut or changed, never read wrongly', () => {
    const bytes = encodeIndex(index)
    for (let length = 0; length < bytes.length - 8; length += 7) expect(() => decodeIndex(bytes.slice(0, length))).toThrow('damaged')
    expect(() => decodeIndex(new TextEncoder().encode('{"not":"an index"}'))).toThrow('damaged')
  })
})
