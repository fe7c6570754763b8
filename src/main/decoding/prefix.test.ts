import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { Decoded, DecodeProgram } from '../models/model'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { neutralSampler } from './sampler'

const letters = fakeVocabulary(['a', 'b', 'c', 'd', 'e', ''])
const endless = (seed: number) => (tokens: readonly number[]) => [...hashedLogits(seed, 5)(tokens), -Infinity]
const models = {
  big: { vocabulary: letters, logits: endless(1) },
  small: { vocabulary: letters, logits: endless(2) },
}
const greedy = { ...neutralSampler, temperature: 0 }
const run = (program: Partial<DecodeProgram> & { expression: DistributionExpression }): Promise<Decoded> =>
  decode({ sampler: greedy, maxTokens: 24, stop: [], seed: 1, ...program }, new FakeRuntime(models), {
    signal: new AbortController().signal,
  })

const two = (first: string, second: string): Record<string, DistributionExpression> => ({
  alone: fakeLeaf('big', first),
  mix: { op: 'linear-mix', inputs: { models: [fakeLeaf('big', first), fakeLeaf('small', second)] }, params: {} },
  'an operator with a memory': {
    op: 'class-bayes',
    inputs: { of: fakeLeaf('big', first), desired: fakeLeaf('small', second), undesired: fakeLeaf('big', second) },
    params: { strength: 2 },
  },
})

describe('a text that begins with a given text', () => {
  for (const name of ['alone', 'mix']) {
    it(`goes on as if the prompts had held it: ${name}`, async () => {
      for (const prefix of ['e', 'ddab', 'abcabcab']) {
        const forced = await run({ expression: two('ab', 'ca')[name] as DistributionExpression, prefix })
        const longer = two(`ab${prefix}`, `ca${prefix}`)[name] as DistributionExpression
        const plain = await run({ expression: longer, maxTokens: 24 - prefix.length })
        expect(forced.text).toBe(prefix + plain.text)
        expect(forced.tokens).toBe(24)
        expect(forced.logprob).toBeCloseTo(plain.logprob, 4)
      }
    })
  }

  it('is the same text where the beginning is the one it would have written, also where an operator remembers the text', async () => {
    for (const expression of Object.values(two('ab', 'ca'))) {
      const plain = await run({ expression })
      for (const length of [1, 5, 23]) {
        const forced = await run({ expression, prefix: plain.text.slice(0, length) })
        expect(forced.text).toBe(plain.text)
      }
    }
  })

  it('keeps the law under a drafter, and draws the same tokens for the same seed', async () => {
    const expression = two('ab', 'ca').mix as DistributionExpression
    const drafter = { drafter: 'ngram', params: {} }
    const plain = await run({ expression, prefix: 'abab' })
    expect((await run({ expression, prefix: 'abab', drafter })).text).toBe(plain.text)
    const sampled = { expression, prefix: 'abab', sampler: neutralSampler, seed: 9 }
    expect((await run(sampled)).text).toBe((await run(sampled)).text)
  })

  it('counts within the limit, stops at a stop text in it, and is refused where it leaves no room', async () => {
    const expression = two('ab', 'ca').alone as DistributionExpression
    expect(await run({ expression, prefix: 'abcde', maxTokens: 3 })).toMatchObject({ text: 'abc', tokens: 3, finish: 'length' })
    expect(await run({ expression, prefix: 'abcde', stop: ['cd'] })).toMatchObject({ text: 'ab', finish: 'stop' })
    await expect(run({ expression, prefix: 'a'.repeat(5000), maxTokens: 9000 })).rejects.toMatchObject({ code: 'context-overflow' })
  })

  it('is marked in the trace, which has lists from there on', async () => {
    const { trace } = await run({ expression: two('ab', 'ca').mix as DistributionExpression, prefix: 'cd', trace: { topK: 2 } })
    expect(trace?.steps.slice(0, 3).map(({ origin, text, top }) => [origin, text, top.length])).toEqual([
      ['prefix', 'c', 0],
      ['prefix', 'd', 0],
      ['target', trace?.steps[2]?.text, 2],
    ])
  })
})

describe('what a trace says of its sources', () => {
  it('names the port, the weight and how far the sources are apart', async () => {
    const expression: DistributionExpression = {
      op: 'contrast',
      inputs: {
        expert: fakeLeaf('big', 'ab'),
        amateur: { op: 'temperature', inputs: { of: fakeLeaf('small', 'ab') }, params: { temperature: 2 } },
      },
      params: { beta: 0.5, plausibility: 0 },
    }
    const { trace } = await run({ expression, trace: { topK: 2 } })
    expect(trace?.roles).toEqual(['expert', 'amateur'])
    expect(trace?.weights).toEqual([1.5, -0.5])
    for (const step of trace?.steps ?? []) {
      expect(step.decidedBy).toBe(0)
      expect(step.divergence).toBeGreaterThan(0)
      expect(step.divergence).toBeLessThanOrEqual(Math.log(2))
    }
  })

  it('multiplies weights on the way and says where they change from token to token', async () => {
    const inner: DistributionExpression = {
      op: 'entropy-mix',
      inputs: { first: fakeLeaf('big', 'b'), second: fakeLeaf('small', 'b') },
      params: {},
    }
    const outer: DistributionExpression = {
      op: 'linear-mix',
      inputs: { models: [fakeLeaf('big', 'a'), inner] },
      params: { weights: [3, 1] },
    }
    const { trace } = await run({ expression: outer, trace: { topK: 1 } })
    expect(trace?.roles).toEqual(['models 1', 'first', 'second'])
    expect(trace?.weights).toEqual([0.75, null, null])
  })

  it('has no divergence with one source', async () => {
    const { trace } = await run({ expression: fakeLeaf('big', 'ab'), trace: { topK: 1 } })
    expect(trace?.roles).toEqual([''])
    expect(trace?.weights).toEqual([1])
    expect(trace?.steps[0]).not.toHaveProperty('divergence')
  })
})
