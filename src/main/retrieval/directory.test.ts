import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildPostings } from './bm25'
import { buildDirectory } from './directory'

describe('the directory of lists', () => {
  it('finds every posting, and nothing where there is none, in long lists and short ones', () => {
    // of 5,000 passages: one list in all, one in every third, one in the last thousand, one in three passages
    const passages = Array.from({ length: 5000 }, (_, at) => [
      'all',
      ...(at % 3 === 1 ? ['third'] : []),
      ...(at >= 4000 ? ['late'] : []),
      ...(at === 0 || at === 2500 || at === 4999 ? ['rare'] : []),
    ])
    const postings = buildPostings(passages)
    const { find } = buildDirectory(postings)
    for (const [term, word] of postings.terms.entries())
      for (const [document, words] of passages.entries()) {
        const at = find(term, document)
        if (words.includes(word)) expect(postings.documents[at]).toBe(document)
        else expect(at).toBe(-1)
        if (at >= 0) expect(at >= postings.offsets[term]! && at < postings.offsets[term + 1]!).toBe(true)
      }
  })

  it('finds as a search from the front does, however the passages lie', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20_000), { minLength: 1, maxLength: 2000 }), fc.array(fc.nat(20_000)), (some, asked) => {
        const documents = Uint32Array.from(some).sort()
        const offsets = Uint32Array.of(0, documents.length)
        const { find } = buildDirectory({ offsets, documents, lengths: new Uint32Array(20_001) })
        for (const document of [...asked, ...some, 0, 20_000]) expect(find(0, document)).toBe(documents.indexOf(document))
      }),
      { numRuns: 60 },
    )
  })

  it('of nothing is empty', () => {
    expect(() => buildDirectory({ offsets: Uint32Array.of(0), documents: new Uint32Array(0), lengths: new Uint32Array(0) })).not.toThrow()
  })
})
