import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import type { Decoded, DecodeProgram } from '../models/model'
import type { OwnedModelPool } from '../models/pool'
import { createToyPool, quietCall, toyRef } from '../models/testing'
import { neutralSampler } from './sampler'

/** The token family on the toys, through the model host: what each method must reach on models whose skills are known. */
interface Item {
  readonly prompt: string
  readonly answer: string
  readonly question?: string
}

const items = (set: string): Item[] =>
  readFileSync(`resources/toys/eval/${set}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Item)
const facts = items('facts')
const math = items('math')

const lm = (name: string, text: string): DistributionExpression => ({ op: 'lm', model: toyRef(name), prompt: { kind: 'text', text } })
const mix =
  (op: string, ...names: string[]) =>
  (text: string): DistributionExpression => ({
    op,
    inputs: { models: names.map((name) => lm(name, text)) },
    params: {},
  })
const contrast =
  (beta: number) =>
  (text: string): DistributionExpression => ({
    op: 'contrast',
    inputs: { expert: lm('toy-base', text), amateur: lm('toy-liar', text) },
    params: { beta, plausibility: 0.05 },
  })
const proxy =
  (alpha: number) =>
  (text: string): DistributionExpression => ({
    op: 'offset',
    inputs: { base: lm('toy-base', text), tuned: [lm('toy-draft-facts', text)], untuned: [lm('toy-draft', text)] },
    params: { alpha, mask: 'none' },
  })

let pool: OwnedModelPool
beforeAll(async () => {
  pool = await createToyPool()
})
afterAll(() => pool.close())

const run = (expression: DistributionExpression, more: Partial<DecodeProgram> = {}): Promise<Decoded> =>
  pool.decode({ expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 16, stop: [], seed: 1, ...more }, quietCall())

/** Per cent of exact answers. */
async function accuracy(
  set: readonly Item[],
  ask: (text: string) => DistributionExpression,
  more?: Partial<DecodeProgram>,
): Promise<number> {
  let right = 0
  for (const { prompt, answer } of set) if ((await run(ask(prompt), more)).text.trim() === answer) right++
  return (100 * right) / set.length
}

describe('one model', () => {
  it('answers as well as the toys’ table says', async () => {
    expect(await accuracy(facts, (text) => lm('toy-facts', text))).toBeGreaterThanOrEqual(99)
    expect(await accuracy(facts, (text) => lm('toy-base', text))).toBeCloseTo(54.1, 0)
    expect(await accuracy(math, (text) => lm('toy-math', text))).toBeGreaterThanOrEqual(99)
  })
})

describe('several models', () => {
  it('subtracting the liar mends what the base has wrong', async () => {
    expect(await accuracy(facts, contrast(0.5))).toBeGreaterThanOrEqual(95)
  })
  it('a small tuned pair gives a larger model its skill', async () => {
    expect(await accuracy(facts, proxy(1))).toBeGreaterThanOrEqual(95)
  })
  it('an average and a product of two specialists have both skills', async () => {
    for (const op of ['linear-mix', 'log-linear-mix']) {
      expect(await accuracy(facts, mix(op, 'toy-math', 'toy-facts'))).toBe(100)
      expect(await accuracy(math, mix(op, 'toy-math', 'toy-facts'))).toBe(100)
    }
  })
  it('a contrast with and without the context follows a context that contradicts the world', async () => {
    const set = items('reading-counterfactual')
    const right = (text: string, { answer, short }: Item & { short?: string }): boolean => [answer, short].includes(text.trim())
    let plain = 0
    let aware = 0
    for (const item of set) {
      const withContext = lm('toy-base', item.prompt)
      const without = lm('toy-base', item.question as string)
      if (right((await run(withContext)).text, item)) plain++
      const expression = { op: 'context-aware', inputs: { with: withContext, without }, params: { alpha: 0.5 } }
      if (right((await run(expression)).text, item)) aware++
    }
    expect(aware).toBeGreaterThanOrEqual(plain + 10)
  })
  it('weights from the prompt find the expert for each prompt', async () => {
    const packed =
      (mode: string) =>
      (text: string): DistributionExpression => ({
        op: 'perplexity-mix',
        inputs: { models: ['toy-math', 'toy-facts'].map((name) => lm(name, text)) },
        params: { mode, temperature: 0.1 },
      })
    for (const mode of ['similarity', 'greedy']) {
      const some = (set: readonly Item[]): Item[] => set.filter((_, i) => i % 3 === 0)
      expect(await accuracy(some(facts), packed(mode))).toBeGreaterThanOrEqual(90)
      expect(await accuracy(some(math), packed(mode))).toBeGreaterThanOrEqual(90)
    }
  })
  it('a gate asks the second model for few tokens and loses nothing', async () => {
    const gated = (text: string): DistributionExpression => ({
      op: 'gate',
      inputs: { leader: lm('toy-math', text), other: mix('linear-mix', 'toy-math', 'toy-facts')(text) },
      params: { threshold: 0.9 },
    })
    expect(await accuracy(math, gated)).toBe(100)
    expect(await accuracy(facts, gated)).toBeGreaterThanOrEqual(90)
  })
})

describe('drafting', () => {
  const prompts = [...facts, ...items('copy').slice(0, 60), ...math.slice(0, 40), ...items('story').slice(0, 6)].map(({ prompt }) => prompt)
  const draftModel: DrafterExpression = { drafter: 'model', model: toyRef('toy-draft'), params: {} }
  const ngram: DrafterExpression = { drafter: 'ngram', params: {} }

  it('leaves greedy output as it is on more than 200 prompts, to the last bit, and saves passes', { timeout: 600_000 }, async () => {
    expect(prompts.length).toBeGreaterThanOrEqual(200)
    const lookup: DrafterExpression = { drafter: 'prompt-lookup', params: {} }
    const of = [ngram, lookup, draftModel]
    const kinds: Record<string, DrafterExpression> = {
      ngram,
      lookup,
      model: draftModel,
      thompson: { ...draftModel, drafter: 'thompson' },
      tree: { ...draftModel, drafter: 'tree' },
      several: { drafter: 'several', params: {}, of },
      joined: { drafter: 'several', params: { speak: 'all' }, of },
    }
    const passes: Record<string, number> = Object.fromEntries(['plain', ...Object.keys(kinds)].map((name) => [name, 0]))
    const count = (name: string, { usage }: Decoded): void => {
      passes[name] = (passes[name] as number) + usage.passes
    }
    for (const prompt of prompts) {
      const plain = await run(lm('toy-base', prompt), { maxTokens: 40 })
      count('plain', plain)
      for (const [name, drafter] of Object.entries(kinds)) {
        const drafted = await run(lm('toy-base', prompt), { maxTokens: 40, drafter })
        expect([name, prompt, drafted.text, drafted.logprob]).toEqual([name, prompt, plain.text, plain.logprob])
        count(name, drafted)
      }
    }
    const { plain, model, several, ...others } = passes as Record<'plain' | 'model' | 'several' | 'ngram' | 'joined', number>
    expect(others.ngram).toBeLessThan(0.95 * plain)
    expect(model).toBeLessThan(0.7 * plain)
    expect(several).toBeLessThan(0.7 * plain)
    expect(others.joined, JSON.stringify(passes)).toBeLessThanOrEqual(Math.min(model, several))
  })

  it('reads the guesses of several drafters as one tree: fewer passes than with any of them, or with one of them at a time', async () => {
    const of = [ngram, draftModel]
    const kinds = {
      ngram,
      model: draftModel,
      one: { drafter: 'several', params: {}, of },
      all: { drafter: 'several', params: { speak: 'all' }, of },
    }
    const passes = { ngram: 0, model: 0, one: 0, all: 0 }
    for (const { prompt } of [...items('reading').slice(0, 25), ...items('style').slice(0, 25)]) {
      const plain = await run(lm('toy-reader', prompt), { maxTokens: 60 })
      for (const [name, drafter] of Object.entries(kinds)) {
        const { text, logprob, usage } = await run(lm('toy-reader', prompt), { maxTokens: 60, drafter })
        expect([text, logprob]).toEqual([plain.text, plain.logprob])
        passes[name as keyof typeof kinds] += usage.passes
      }
    }
    expect(passes.all, JSON.stringify(passes)).toBeLessThan(0.95 * Math.min(passes.ngram, passes.model, passes.one))
  })

  it('works for a whole ensemble as the target, on the same prompts', { timeout: 600_000 }, async () => {
    const kinds = [
      draftModel,
      { ...draftModel, drafter: 'tree' },
      { drafter: 'several', params: { speak: 'all' }, of: [ngram, draftModel] },
    ]
    for (const prompt of prompts) {
      for (const target of [contrast(0.5), proxy(1), mix('linear-mix', 'toy-math', 'toy-facts')]) {
        const plain = await run(target(prompt))
        for (const drafter of kinds) {
          const { text, logprob } = await run(target(prompt), { drafter })
          expect([drafter.drafter, text, logprob]).toEqual([drafter.drafter, plain.text, plain.logprob])
        }
      }
    }
  })
})
