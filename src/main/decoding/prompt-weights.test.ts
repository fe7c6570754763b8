import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { ShareSearch, weightsByLoss } from './prompt-weights'
import { rowOf } from './row'
import { neutralSampler } from './sampler'

const near = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 6)
  })

const zero = [
  [2, 0.5, 0, -1],
  [0.2, 1.5, 0.3, 0],
  [0.1, 0.4, 1, 0.2],
  [0, 0.3, 0.6, 0.1],
].map(rowOf)
const one = [
  [0.5, 0.2, 0.1, 0],
  [0, 0.4, 1.2, 0.1],
  [0.2, 0.3, 1.4, -0.2],
  [0.1, 1.8, 0.2, 0],
].map(rowOf)
const two = [
  [1, 0.9, 0.2, 0.1],
  [1.1, 0.2, 0.3, 0.4],
  [0.9, 0.2, 0.3, 0.1],
  [0.2, 0.4, 0.3, 0.8],
].map(rowOf)
const labels = [0, 1, 2, 1]
const lossOf = (rows: typeof zero): number => rows.reduce((sum, row, i) => sum - row.logprob(labels[i] as number), 0) / 4

describe('weights from the prompt (PackLLM)', () => {
  it('are inversely proportional to perplexity at temperature 1, sharper below', () => {
    const losses = [8, 10, 20].map(Math.log)
    near(weightsByLoss(losses, 1), [0.454545, 0.363636, 0.181818])
    near(weightsByLoss(losses, 0.5), [0.555556, 0.355556, 0.088889])
    near(weightsByLoss(losses, 0.1), [0.902952, 0.096954, 0.000095])
    near(weightsByLoss([lossOf(zero), lossOf(one), lossOf(two)], 1), [0.415424, 0.365236, 0.219341])
  })
  it('found by the greedy search, model after model', () => {
    const search = (rows: (typeof zero)[], weights: number[], next: typeof zero): { share: number; loss: number } => {
      const found = new ShareSearch(4)
      labels.forEach((label, i) => {
        found.add(
          rows.map((row) => row[i] as (typeof row)[number]),
          weights,
          next[i] as (typeof next)[number],
          label,
        )
      })
      return { share: found.best(), loss: found.least / 4 }
    }
    const first = search([zero], [1], one)
    expect(first.share).toBe(0.75)
    expect(first.loss).toBeCloseTo(0.774483, 6)
    const second = search([zero, one], [0.75, 0.25], two)
    expect(second.share).toBe(1)
    expect(Math.exp(second.loss)).toBeCloseTo(2.169471, 5)
  })
})

describe('the mix by perplexity, decoding', () => {
  const letters = fakeVocabulary(['a', 'b', 'c', ''])
  /** expects the alphabet to go round */
  const knowing = (tokens: readonly number[]): number[] =>
    [0, 1, 2, 3].map((v) => (v === ((tokens.at(-1) as number) + 1) % 3 ? 9 : v === 3 ? -9 : 0))
  const models = {
    knows: { vocabulary: letters, logits: knowing },
    not: { vocabulary: letters, logits: (tokens: readonly number[]) => [...hashedLogits(3, 3, 2, 8)(tokens), -9] },
  }
  const mix = (prompts: [string, string], params = {}): DistributionExpression => ({
    op: 'perplexity-mix',
    inputs: { models: [fakeLeaf('not', prompts[0]), fakeLeaf('knows', prompts[1])] },
    params,
  })
  const run = (expression: DistributionExpression) =>
    decode({ expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 9, stop: [], seed: 1 }, new FakeRuntime(models), {
      signal: new AbortController().signal,
    })
  const prompt = 'abcabcabcabcabc'
  it('follows the model that expected the prompt', async () => {
    expect((await run(mix([prompt, prompt], { temperature: 0.1 }))).text).toBe('abcabcabc')
    expect((await run(mix([prompt, prompt], { mode: 'greedy' }))).text).toBe('abcabcabc')
    expect((await run(mix([prompt, prompt], { temperature: 0.1, combine: 'average' }))).text).toBe('abcabcabc')
  })
  it('weighs all alike on a prompt of one token, and refuses unlike prompts for the search', async () => {
    expect((await run(mix(['a', 'a']))).tokens).toBe(9)
    await expect(run(mix(['ab', 'abc'], { mode: 'greedy' }))).rejects.toMatchObject({ code: 'input-type' })
  })
  it('weighs prompts that hold end tokens, as the turns of a chat do', async () => {
    const turns = { ...fakeVocabulary(['a', 'b', 'c', '', '|']), endTokens: [3, 4] }
    const onTurns = ({ logits }: (typeof models)['knows']) => ({
      vocabulary: turns,
      logits: (tokens: readonly number[]) => [...logits(tokens), 0],
    })
    const runtime = new FakeRuntime({ knows: onTurns(models.knows), not: onTurns(models.not) })
    for (const mode of ['similarity', 'greedy']) {
      const expression = mix(['abc|abcabcabc|abc', 'abc|abcabcabc|abc'], { temperature: 0.1, mode })
      const { text } = await decode(
        { expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 6, stop: [], seed: 1 },
        runtime,
        {
          signal: new AbortController().signal,
        },
      )
      expect([mode, text]).toEqual([mode, 'abcabc'])
    }
  })
})
