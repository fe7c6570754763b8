import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { DecodeProgram } from '../models/model'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { neutralSampler } from './sampler'

const letters = fakeVocabulary(['a', 'b', 'c', '?', 'y', 'n', ''])
const pairs = fakeVocabulary(['ab', 'ba', 'a', 'b', 'c', '?', 'y', 'n', ''])
/** log-odds of yes = 3 × (share of the letter b in the text); says so only after the question mark */
const judgeOf =
  (vocabulary: typeof letters) =>
  (tokens: readonly number[]): number[] => {
    const text = new TextDecoder().decode(Uint8Array.from(tokens.flatMap((token) => [...vocabulary.pieceBytes(token)])))
    const row = Array(vocabulary.size).fill(-20) as number[]
    row[vocabulary.tokenize('y')[0] as number] = text.endsWith('?') ? 3 * (text.split('b').length - 1) : -20
    row[vocabulary.tokenize('n')[0] as number] = text.endsWith('?') ? 0 : -20
    // as a reader of texts: likes c after b
    row[vocabulary.tokenize('c')[0] as number] = text.endsWith('b') ? -0.1 : -6
    if (!text.endsWith('b') && !text.endsWith('?')) row[vocabulary.tokenize('a')[0] as number] = 0
    return row
  }
const writer = (tokens: readonly number[]): number[] => [...hashedLogits(5, 3, 2, 3)(tokens), -30, -30, -30, -9]
const models = {
  writer: { vocabulary: letters, logits: writer },
  judge: { vocabulary: letters, logits: judgeOf(letters) },
  foreign: { vocabulary: pairs, logits: judgeOf(pairs) },
}
const run = (expression: DistributionExpression, more: Partial<DecodeProgram> = {}, runtime = new FakeRuntime(models)) =>
  decode({ expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 24, stop: [], seed: 1, ...more }, runtime, {
    signal: new AbortController().signal,
  })
const steered = (judge: string, params = {}): DistributionExpression => ({
  op: 'reweight',
  inputs: { of: fakeLeaf('writer', 'ac'), judge: fakeLeaf(judge, 'a') },
  params: { question: '?', yes: 'y', no: 'n', k: 3, ...params },
})
const share = (text: string): number => (text.split('b').length - 1) / text.length

describe('a judge', () => {
  it('moves the text toward what it wants, or away from it', async () => {
    const plain = share((await run(fakeLeaf('writer', 'ac'))).text)
    expect(share((await run(steered('judge', { link: 'reward', strength: 50 }))).text)).toBeGreaterThan(plain)
    expect(share((await run(steered('judge', { strength: 10 }))).text)).toBeGreaterThan(plain)
    expect((await run(steered('judge', { strength: 0 }))).text).toBe((await run(fakeLeaf('writer', 'ac'))).text)
  })
  it('may read in other tokens', async () => {
    const own = await run(steered('judge', { strength: 10 }))
    expect((await run(steered('foreign', { strength: 10 }))).text).toBe(own.text)
  })
  it('is asked about all candidates in one batch, and reads the text once', async () => {
    const runtime = new FakeRuntime(models)
    const { tokens } = await run(steered('judge'), {}, runtime)
    const asked = runtime.calls.filter((call) => call[0]?.model === 'judge' && call.length === 3)
    expect(asked).toHaveLength(tokens)
    expect(asked.every((call) => call.every((one) => one.tokens === 2 && one.rows === 1))).toBe(true)
  })
  it('forbids a drafter, with a sentence', async () => {
    await expect(run(steered('judge'), { drafter: { drafter: 'ngram', params: {} } })).rejects.toMatchObject({ code: 'model-unsupported' })
  })
  it('is one model, not a mix', async () => {
    const judge: DistributionExpression = { op: 'linear-mix', inputs: { models: [fakeLeaf('judge', 'a')] }, params: {} }
    await expect(
      run({ ...steered('judge'), inputs: { of: fakeLeaf('writer', 'a'), judge } } as DistributionExpression),
    ).rejects.toMatchObject({ code: 'input-type' })
  })
})

describe('looking ahead', () => {
  const foreseen = (params = {}): DistributionExpression => ({
    op: 'foresee',
    inputs: { of: fakeLeaf('writer', 'ac'), judge: fakeLeaf('judge', 'a') },
    params: { goal: 'c', strength: 5, gate: 0.05, ...params },
  })
  it('prefers tokens after which the goal is likely', async () => {
    const plain = share((await run(fakeLeaf('writer', 'ac'))).text)
    expect(share((await run(foreseen())).text)).toBeGreaterThan(plain)
  })
  it('changes nothing at strength 0, without a goal, or where the gate never opens', async () => {
    const plain = (await run(fakeLeaf('writer', 'ac'))).text
    for (const params of [{ strength: 0 }, { goal: '' }, { gate: 1 }]) expect((await run(foreseen(params))).text).toBe(plain)
  })
  it('continues each candidate to the next wavering, on branches that leave no trace', async () => {
    const runtime = new FakeRuntime(models)
    const { tokens } = await run(foreseen({ span: 6, gate: 0.3 }), {}, runtime)
    expect(tokens).toBe(24)
    expect(runtime.calls.some((call) => call.length > 1 && call[0]?.model === 'writer')).toBe(true)
  })
})
