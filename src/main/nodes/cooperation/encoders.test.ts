import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../shared/value'
import type { LanguageModel } from '../../models/model'
import ranker from '../ensemble/ranker'
import { runNode, testModel } from '../testing'
import nliVerifier from './nli-verifier'
import rerankPassages from './rerank-passages'

const documents = [
  { id: 'a', text: 'The dog sat.' },
  { id: 'b', text: 'The cat sat down.' },
  { id: 'c', text: 'Nothing.' },
]

/** An encoder that knows these labels and scores a pair by hand. */
const encoder = (labels: readonly string[], score: (first: string, second: string, third: string) => number[]): Partial<LanguageModel> => ({
  describe: async () => ({ labels }) as Awaited<ReturnType<LanguageModel['describe']>>,
  readPairs: async (pairs) => pairs.map(({ first, second, third = '' }) => Float32Array.from(score(first, second, third))),
})

/** How many words of the query stand in the passage. */
const byWords = encoder(['relevance'], (query, passage) => [query.split(' ').filter((word) => passage.toLowerCase().includes(word)).length])

describe('an encoder of pairs', () => {
  it('judges as an NLI verifier, whatever the order of its labels', async () => {
    const model = encoder(['CONTRADICTION', 'ENTAILMENT', 'NEUTRAL'], (evidence, claim) =>
      evidence.includes('cat') === claim.includes('cat') ? [0, 5, 0] : [5, 0, 0],
    )
    const claims = ['The cat sat.', 'The mouse ran.'].map((text, i) => ({ id: `c${i}`, text }))
    const { outputs } = await runNode(nliVerifier, {
      inputs: { claims, documents: documents.slice(1, 2) },
      params: { model: testModel, most: 0 },
      model,
    })
    expect((outputs.verdicts as Verdict[]).map(({ label }) => label)).toEqual(['supported', 'refuted'])
  })

  it('compares answers as a pairwise ranker, whatever the order of its labels, and is asked in both orders', async () => {
    // it likes the longer answer, and much more the one that stands first
    const read: string[] = []
    const model = encoder(['second', 'first'], (asked, first, second) => {
      read.push(`${asked}|${first}|${second}`)
      return [second.length, first.length + 10]
    })
    const inputs = { candidates: ['bb', 'a', 'ccc'].map((text) => ({ text })), question: 'q' }
    const { outputs } = await runNode(ranker, { inputs, params: { method: 'pairwise', model: testModel }, model })
    expect((outputs.candidates as { text: string; score: number }[]).map(({ text, score }) => [text, score])).toEqual([
      ['ccc', 6],
      ['bb', 0],
      ['a', -6],
    ])
    expect(read.sort()).toEqual(['q|a|bb', 'q|a|ccc', 'q|bb|a', 'q|bb|ccc', 'q|ccc|a', 'q|ccc|bb'])
  })

  it('puts passages in order; equal scores keep theirs, and those below the least are dropped', async () => {
    const run = async (params: object, query = 'the cat sat', given: readonly object[] = documents) =>
      (await runNode(rerankPassages, { inputs: { documents: given, query }, params: { model: testModel, ...params }, model: byWords }))
        .outputs.documents as { id: string; score: number }[]
    expect((await run({})).map(({ id, score }) => [id, score])).toEqual([
      ['b', 3],
      ['a', 2],
      ['c', 0],
    ])
    expect(await run({ k: 1 })).toHaveLength(1)
    expect(await run({ least: 2 })).toHaveLength(2)
    expect(await run({}, ' ')).toEqual(documents)
    expect(await run({}, 'x', [])).toEqual([])
  })

  it('ranks candidates by relevance to the question, and says what is missing', async () => {
    const inputs = { candidates: documents.map(({ text }) => ({ text })), question: 'the cat sat' }
    const ranked = await runNode(ranker, { inputs, params: { method: 'relevance', model: testModel }, model: byWords })
    expect(ranked.outputs.best).toBe('The cat sat down.')
    await expect(runNode(ranker, { inputs, params: { method: 'relevance', model: null }, model: byWords })).rejects.toMatchObject({
      code: 'input-missing',
      message: expect.stringContaining('a reranking model'),
    })
  })
})
