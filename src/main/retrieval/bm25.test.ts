import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bm25, type Bm25Options, buildPostings, openBm25 } from './bm25'
import type { Hit } from './top-k'

const cats = [
  'the cat sat on the mat',
  'the dog chased the cat',
  'a mat is a small rug',
  'dogs and cats are pets that people keep at home',
].map((text) => text.split(' '))
const scoresOf = (query: string, options?: Bm25Options, documents = cats): number[] => {
  const scores = Array<number>(documents.length).fill(0)
  for (const { index, score } of openBm25(buildPostings(documents), options).search(query.split(' '), 100)) scores[index] = score
  return scores
}
const close = (actual: readonly number[], expected: readonly number[]) => {
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 6)
}

describe('BM25', () => {
  it('gives the scores worked out by hand', () => {
    close(scoresOf('cat mat'), [1.452308, 0.775385, 0.726154, 0])
    close(scoresOf('small cat'), [0.726154, 0.775385, 1.261305, 0])
    close(scoresOf('the'), [0.983822, 1.028039, 0, 0])
    close(scoresOf('zebra'), [0, 0, 0, 0])
  })
  it('follows k1 and b (Lucene leaves out the factor k1 + 1)', () => {
    close(
      scoresOf('cat mat', { k1: 0.9, b: 0.4 }).map((score) => score / 1.9),
      [0.74532, 0.383661, 0.37266, 0],
    )
    close(scoresOf('the', { k1: 0, b: 0.5 }), [Math.LN2, Math.LN2, 0, 0])
  })
  it('ranks rightly in a collection of three, where a term of most documents still counts', () => {
    const three = ['red apple', 'red pear', 'green plum'].map((text) => text.split(' '))
    expect(scoresOf('red', undefined, three)[2]).toBe(0)
    expect(scoresOf('red', undefined, three)[0]).toBeGreaterThan(0.1)
  })
  it('counts a repeated query term repeatedly', () => {
    close(
      scoresOf('mat mat'),
      scoresOf('mat').map((score) => 2 * score),
    )
  })
  it('finds nothing in nothing, nothing for no terms, nothing for k 0', () => {
    expect(openBm25(buildPostings([])).search(['a'], 5)).toEqual([])
    expect(openBm25(buildPostings([[]])).search(['a'], 5)).toEqual([])
    expect(openBm25(buildPostings(cats)).search([], 5)).toEqual([])
    expect(openBm25(buildPostings(cats)).search(['cat'], 0)).toEqual([])
  })
  it('refuses settings out of range', () => {
    expect(() => openBm25(buildPostings(cats), { k1: -1, b: 0 })).toThrow(RangeError)
    expect(() => openBm25(buildPostings(cats), { k1: 1, b: 1.1 })).toThrow(RangeError)
  })
  it('gives the very hits, to the last bit, that adding every posting gives', () => {
    const word = fc.integer({ min: 0, max: 40 }).map((n) => `w${Math.floor(n ** 2 / 40)}`)
    const texts = fc.array(fc.array(word, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.array(word, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 120 }),
        (passages, queries, k) => {
          const engine = openBm25(buildPostings(passages))
          for (const query of queries) expect(engine.search(query, k)).toEqual(added(engine, passages.length, query).slice(0, k))
        },
      ),
      { numRuns: 200 },
    )
  })
  it('gives them where lists are long enough to be looked up by bucket, and to be walked over', () => {
    const random = (at: number): number => ((Math.imul(at + 1, 2_654_435_761) >>> 8) % 100_003) / 100_003
    // words as common as in a language: w0 in most passages, w400 in a few
    const passages = Array.from({ length: 2000 }, (_, at) =>
      Array.from({ length: 12 + (at % 30) }, (_, word) => `w${Math.floor(500 ** random(at * 64 + word)) - 1}`),
    )
    const engine = openBm25(buildPostings(passages))
    for (let query = 0; query < 16; query += 1) {
      const terms = Array.from({ length: 2 + (query % 4) }, (_, word) => `w${Math.floor(500 ** random(1e6 + query * 8 + word)) - 1}`)
      const all = added(engine, passages.length, terms)
      for (const k of [1, 10, 100]) expect(engine.search(terms, k)).toEqual(all.slice(0, k))
    }
  })
  it('answers every query as if every posting were added, and leaves no trace for the next', () => {
    const word = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c', 'd', 'e', 'f')
    const documents = fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        documents,
        fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 6 }),
        (texts, queries, k) => {
          const engine = openBm25(buildPostings(texts))
          for (const query of queries) {
            const plain = texts
              .map((text, index) => ({ index, score: plainScore(texts, text, query) }))
              .filter(({ score }) => score > 0)
              .sort((a, b) => b.score - a.score || a.index - b.index)
            const hits = engine.search(query, k)
            expect(hits.length).toBe(Math.min(k, plain.length))
            for (const [place, hit] of hits.entries()) {
              expect(hit.score).toBeCloseTo(plain[place]!.score, 4)
              expect(hit.score).toBeCloseTo(plainScore(texts, texts[hit.index]!, query), 4)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** All passages with some term, by the sums of what each term alone gives them, rare terms first, in single precision. */
function added(engine: Bm25, passages: number, query: readonly string[]): Hit[] {
  const times = new Map<string, number>()
  for (const term of query) times.set(term, (times.get(term) ?? 0) + 1)
  const lists = Array.from(times, ([term, count]) => ({ count, hits: engine.search([term], passages) }))
  const scores = new Float32Array(passages)
  for (const { count, hits } of lists.sort((a, b) => a.hits.length - b.hits.length))
    for (const { index, score } of hits) scores[index]! += score * count
  return Array.from(scores, (score, index) => ({ index, score }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
}

function plainScore(texts: readonly string[][], text: readonly string[], query: readonly string[]): number {
  const mean = texts.reduce((sum, other) => sum + other.length, 0) / texts.length
  return query.reduce((sum, term) => {
    const n = texts.filter((other) => other.includes(term)).length
    const count = text.filter((word) => word === term).length
    if (count === 0) return sum
    return sum + (Math.log(1 + (texts.length - n + 0.5) / (n + 0.5)) * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * text.length) / mean))
  }, 0)
}
