import { describe, expect, it } from 'vitest'
import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import type { SamplerOptions } from '../models/model'
import { decode } from './decode'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { probabilityOf } from './law'
import { rowOf } from './row'
import { neutralSampler, Sampler } from './sampler'

/**
 * Drafting leaves the law of the output as it is: the joint law of the first three tokens, known by enumeration, against 25,000 decoded texts.
 * The limit of each test is the 0.1 % point of χ²; seeds are fixed, so the tests do not waver. So many see what can go wrong: of 20,000, guesses that are
 * accepted a tenth too often pass the limit by 1.3 to 3.1 times in every case, and a refused guess replaced from the target itself by 9 to 110 times.
 */
const letters = fakeVocabulary(['a', 'b', 'c', 'd'])
const models = {
  target: { vocabulary: letters, logits: hashedLogits(11, 4, 2, 3) },
  second: { vocabulary: letters, logits: hashedLogits(12, 4, 2, 3) },
  draft: { vocabulary: letters, logits: hashedLogits(13, 4, 2, 3) },
}
const prompt = 'abcabdab'
const mix: DistributionExpression = {
  op: 'linear-mix',
  inputs: { models: [fakeLeaf('target', prompt), fakeLeaf('second', prompt)] },
  params: { weights: [0.6, 0.4] },
}
const contrast: DistributionExpression = {
  op: 'contrast',
  inputs: { expert: fakeLeaf('target', prompt), amateur: fakeLeaf('draft', prompt) },
  params: { beta: 0.5, plausibility: 0.2 },
}
const draftModel = { backend: 'fake' as const, id: 'draft', name: 'draft' }

const cases: readonly {
  name: string
  expression: DistributionExpression
  sampler?: Partial<SamplerOptions>
  drafter: DrafterExpression
}[] = [
  {
    name: 'a draft model',
    expression: fakeLeaf('target', prompt),
    drafter: { drafter: 'model', model: draftModel, params: { stopBelow: 0 } },
  },
  { name: 'n-grams', expression: fakeLeaf('target', prompt), drafter: { drafter: 'ngram', params: { minCount: 1 } } },
  { name: 'look-up, for a mix', expression: mix, drafter: { drafter: 'prompt-lookup', params: {} } },
  {
    name: 'the amateur drafting for its own contrast',
    expression: contrast,
    drafter: { drafter: 'model', model: draftModel, params: { stopBelow: 0 } },
  },
  {
    name: 'a tree of guesses',
    expression: fakeLeaf('target', prompt),
    drafter: { drafter: 'tree', model: draftModel, params: { width: 2, stopBelow: 0 } },
  },
  {
    name: 'a tree of guesses for a mix under top-p',
    expression: mix,
    sampler: { topP: 0.9, temperature: 1.2 },
    drafter: { drafter: 'tree', model: draftModel, params: { width: 1, most: 2, adaptive: false } },
  },
  {
    name: 'a drafter that learns',
    expression: fakeLeaf('target', prompt),
    drafter: { drafter: 'thompson', model: draftModel, params: { level: 0.1 } },
  },
  {
    name: 'several drafters, for a mix',
    expression: mix,
    drafter: {
      drafter: 'several',
      params: { memory: 0.8 },
      of: [
        { drafter: 'ngram', params: { minCount: 1 } },
        { drafter: 'prompt-lookup', params: { pattern: 1, most: 2 } },
        { drafter: 'model', model: draftModel, params: { stopBelow: 0.3 } },
      ],
    },
  },
  {
    name: 'the guesses of several drafters as one tree, for a mix',
    expression: mix,
    drafter: {
      drafter: 'several',
      params: { speak: 'all', most: 7 },
      of: [
        { drafter: 'model', model: draftModel, params: { stopBelow: 0.3, most: 3, adaptive: false } },
        { drafter: 'model', model: { backend: 'fake', id: 'second', name: 'second' }, params: { stopBelow: 0, most: 2, adaptive: false } },
        { drafter: 'ngram', params: { minCount: 1 } },
        { drafter: 'tree', model: draftModel, params: { width: 2, most: 2 } },
      ],
    },
  },
  {
    name: 'a tree of several drafters for a contrast under temperature and top-p',
    expression: contrast,
    sampler: { temperature: 1.4, topP: 0.9 },
    drafter: {
      drafter: 'several',
      params: { speak: 'all', most: 6 },
      of: [
        { drafter: 'prompt-lookup', params: { pattern: 1, most: 2 } },
        { drafter: 'model', model: draftModel, params: { stopBelow: 0, most: 2, adaptive: false } },
        { drafter: 'model', model: { backend: 'fake', id: 'second', name: 'second' }, params: { stopBelow: 0.3, most: 3 } },
      ],
    },
  },
  {
    name: 'a draft model under temperature, top-p and a penalty',
    expression: fakeLeaf('target', prompt),
    sampler: { temperature: 1.3, topP: 0.8, repetitionPenalty: 1.5 },
    drafter: { drafter: 'model', model: draftModel, params: { stopBelow: 0.3, most: 3, adaptive: false } },
  },
]

describe('drafting keeps the law of the output', () => {
  for (const { name, expression, sampler, drafter } of cases) {
    it(`with ${name}`, { timeout: 300_000 }, async () => {
      const options = { ...neutralSampler, ...sampler }
      const expected = await jointLaw(expression, options)
      const counts = new Map<string, number>()
      const draws = 25_000
      let accepted = 0
      for (let seed = 0; seed < draws; seed++) {
        const decoded = await decode({ expression, sampler: options, maxTokens: 3, stop: [], seed, drafter }, new FakeRuntime(models), call)
        counts.set(decoded.text, (counts.get(decoded.text) ?? 0) + 1)
        accepted += decoded.usage.accepted
      }
      expect(accepted).toBeGreaterThan(draws / 20)
      expect(chiSquare(counts, expected, draws)).toBeLessThan(1)
    })
  }
})

const call = { signal: new AbortController().signal }

/** p(three letters) by walking all texts; the expression's own scores are read off greedy traces of forced prefixes. */
async function jointLaw(expression: DistributionExpression, options: SamplerOptions): Promise<Map<string, number>> {
  const law = new Map<string, number>()
  const walk = async (written: number[], p: number): Promise<void> => {
    if (written.length === 3) {
      law.set(written.map((token) => 'abcd'[token]).join(''), p)
      return
    }
    const scores = scoresAfter(expression, written)
    const next = new Sampler(options).law(rowOf(scores), written, new Float32Array(4))
    for (let token = 0; token < 4; token++) {
      const share = probabilityOf(next, token)
      if (share > 0) await walk([...written, token], p * share)
    }
  }
  await walk([], 1)
  return law
}

/** The three expressions above, computed here by hand in float64. */
function scoresAfter(expression: DistributionExpression, written: readonly number[]): number[] {
  const tokens = [...letters.tokenize(prompt), ...written]
  const logsOf = (model: keyof typeof models): number[] => {
    const z = models[model].logits(tokens)
    const logZ = Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0))
    return z.map((x) => x - logZ)
  }
  const target = logsOf('target')
  if (expression === mix) return logsOf('second').map((x, v) => Math.log(0.6 * Math.exp(target[v] as number) + 0.4 * Math.exp(x)))
  if (expression !== contrast) return target
  const cut = Math.max(...target) + Math.log(0.2)
  return logsOf('draft').map((x, v) => ((target[v] as number) >= cut ? 1.5 * (target[v] as number) - 0.5 * x : -Infinity))
}

/** χ² divided by its 0.1 % point (Wilson–Hilferty), texts of expected count under 5 pooled; a text of probability 0 fails at once. */
function chiSquare(counts: ReadonlyMap<string, number>, law: ReadonlyMap<string, number>, draws: number): number {
  for (const text of counts.keys()) if (!law.has(text)) return Infinity
  let chi = 0
  let bins = 0
  let pooledExpected = 0
  let pooledSeen = 0
  for (const [text, p] of law) {
    const expected = p * draws
    const seen = counts.get(text) ?? 0
    if (expected < 5) {
      pooledExpected += expected
      pooledSeen += seen
    } else {
      chi += (seen - expected) ** 2 / expected
      bins++
    }
  }
  if (pooledExpected > 0) {
    chi += (pooledSeen - pooledExpected) ** 2 / pooledExpected
    bins++
  }
  const freedom = bins - 1
  const limit = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3
  return chi / limit
}
