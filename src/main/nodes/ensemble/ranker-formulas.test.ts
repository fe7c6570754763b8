import { describe, expect, it } from 'vitest'
import type { Json } from '../../../shared/json'
import type { LanguageModel } from '../../models/model'
import { runNode, testModel } from '../testing'
import ranker from './ranker'

/** The formulas that the Ranker shows against its scores, as `src/main/decoding/formulas.test.ts` does for operators. A method or a rule without a row fails. */
const texts = ['red key oslo', 'red cup oslo rome', 'blue cup rome']
const candidates = texts.map((text) => ({ text }))
const at = (values: readonly number[], i: number): number => values[i] ?? Number.NaN
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const others = (i: number): readonly number[] => [0, 1, 2].filter((j) => j !== i)
const vectors: Readonly<Record<string, readonly number[]>> = {
  q: [1, 0.2],
  [texts[0] ?? '']: [1, 1],
  [texts[1] ?? '']: [0.3, 1],
  [texts[2] ?? '']: [-1, 0.5],
}
const vectorOf = (text: string): readonly number[] => vectors[text] ?? []
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * at(b, i)))
const cos = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
const embed = ((all: readonly string[]) =>
  Promise.resolve(all.map((text) => Float32Array.from(vectorOf(text))))) as unknown as LanguageModel['embed']
/** of each two: how much the judge likes the first, where it stands first */
const s = [
  [0, 1.2, -0.3],
  [0.4, 0, 0.9],
  [1.1, -0.6, 0],
]
const pair = (i: number, j: number): number => s[i]?.[j] ?? Number.NaN
const described = (labels: readonly string[]) => ({ describe: () => Promise.resolve({ labels, hasChatTemplate: false }) as never })
const comparing: Partial<LanguageModel> = {
  ...described(['first', 'second']),
  readPairs: ([asked]) => Promise.resolve([[pair(texts.indexOf(asked?.second ?? ''), texts.indexOf(asked?.third ?? '')), 0]]) as never,
}
/** words that both have, in one order: these texts have no other common subsequence that is longer */
const common = (a: string, b: string): number => a.split(' ').filter((word) => b.split(' ').includes(word)).length

interface Case {
  readonly method: string
  readonly rule?: string
  readonly formula: string
  readonly model?: Partial<LanguageModel> | null
  readonly inputs?: Readonly<Record<string, Json>>
  readonly scores: readonly number[]
}
const compared = 's_ij = log P(i is better) − log P(j is better), where i is read first; {comparisons} comparisons at most'
const consensus = "score(y) = mean over the other answers y' of likeness(y, y')"
const both = (i: number, j: number): number => pair(i, j) - pair(j, i)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** log π of greatest likelihood, by climbing it in small steps */
function strengths(): number[] {
  let z = [0, 0, 0]
  for (let step = 0; step < 20_000; step++) {
    // of each match: what was won less what is expected
    const slope = z.map((own, i) => 0.5 - sigmoid(own) + sum(others(i).map((j) => sigmoid(both(i, j) / 2) - sigmoid(own - at(z, j)))))
    z = z.map((own, i) => own + 0.2 * at(slope, i))
  }
  return z.map((own) => own - mean(z))
}
const nli = (evidence: string, claim: string): readonly number[] => [evidence.length / 9, 0.2, claim.length / 30]
const documents = [{ id: 'd', text: 'The red key is in Oslo. The blue cup is in Rome.' }]
const supported = (claim: string): number =>
  Math.max(
    ...['The red key is in Oslo.', 'The blue cup is in Rome.'].map((sentence) => {
      const odds = nli(sentence, claim).map(Math.exp)
      return at(odds, 0) / sum(odds)
    }),
  )

const cases: readonly Case[] = [
  {
    method: 'consensus',
    formula: consensus,
    model: null,
    scores: texts.map((y, i) =>
      mean(others(i).map((j) => (2 * common(y, texts[j] ?? '')) / (y.split(' ').length + (texts[j] ?? '').split(' ').length))),
    ),
  },
  {
    method: 'consensus',
    formula: consensus,
    model: { embed },
    scores: texts.map((y, i) => mean(others(i).map((j) => cos(vectorOf(y), vectorOf(texts[j] ?? ''))))),
  },
  {
    method: 'similarity',
    formula: 'score(y) = cos(embedding of the question, embedding of y)',
    model: { embed },
    scores: texts.map((y) => cos(vectorOf('q'), vectorOf(y))),
  },
  {
    method: 'likelihood',
    formula: 'score(y) = log p(y | question) / number of tokens of y',
    model: {
      ...described([]),
      scoreContinuations: ({ continuations }) =>
        Promise.resolve(continuations.map((text) => ({ logprob: -text.length, tokens: text.trim().split(' ').length }))) as never,
    },
    scores: texts.map((y) => -(y.length + 1) / y.split(' ').length),
  },
  {
    method: 'relevance',
    formula: 'score(y) = relevance(question, y) by the model',
    model: { readPairs: (pairs) => Promise.resolve(pairs.map(({ first, second }) => [second.length - 3 * first.length])) as never },
    scores: texts.map((y) => y.length - 3),
  },
  {
    method: 'entailment',
    formula: 'score(y) = mean over claims c of y of max over the 8 sentences s nearest to c of P(s entails c); 0 without claims',
    model: {
      ...described(['entailment', 'neutral', 'contradiction']),
      readPairs: (pairs) => Promise.resolve(pairs.map(({ first, second }) => nli(first, second))) as never,
    },
    inputs: { documents, candidates: [{ text: 'The key is in Oslo. The cup is in Rome, as all say.' }, { text: 'The cup is blue.' }] },
    scores: [mean([supported('The key is in Oslo.'), supported('The cup is in Rome, as all say.')]), supported('The cup is blue.')],
  },
  ...(
    [
      ['max-logits', 'score_i = Σ_j (s_ij − s_ji)', [0, 1, 2].map((i) => sum(others(i).map((j) => both(i, j))))],
      [
        'max-wins',
        'score_i = Σ_j [s_ij > 0] + [s_ji < 0]',
        [0, 1, 2].map((i) => sum(others(i).map((j) => Number(pair(i, j) > 0) + Number(pair(j, i) < 0)))),
      ],
      ['copeland', 'score_i = Σ_j sign(s_ij − s_ji)', [0, 1, 2].map((i) => sum(others(i).map((j) => Math.sign(both(i, j)))))],
      [
        'bradley-terry',
        'score_i = log π_i less their mean, P(i beats j) = π_i / (π_i + π_j), of greatest likelihood where i won σ((s_ij − s_ji) / 2) of its match with j and half of one with π = 1',
        strengths(),
      ],
    ] as const
  ).map(([rule, formula, scores]): Case => ({ method: 'pairwise', rule, formula, model: comparing, scores })),
]

const optionsOf = (name: string) => {
  const param = ranker.spec.params[name]
  return param?.kind === 'choice' ? param.options : []
}

describe('the formula of a way to rank', () => {
  it.each(cases.map((one) => [`${one.method} ${one.rule ?? ''}`, one] as const))('of %s is what it does', async (_, one) => {
    const { method, rule, formula } = one
    expect(optionsOf(rule === undefined ? 'method' : 'rule').find(({ value }) => value === (rule ?? method))?.formula).toBe(formula)
    if (rule !== undefined) expect(optionsOf('method').find(({ value }) => value === method)?.formula).toBe(compared)
    const given = (one.inputs?.candidates ?? candidates) as { readonly text: string }[]
    const { outputs } = await runNode(ranker, {
      inputs: { question: 'q', ...one.inputs, candidates: given },
      params: { method, model: one.model === null ? null : testModel, ...(rule === undefined ? {} : { rule }) },
      ...(one.model ? { model: one.model } : {}),
    })
    const ranked = outputs.candidates as { readonly text: string; readonly score: number }[]
    given.forEach(({ text }, i) => {
      expect(ranked.find((candidate) => candidate.text === text)?.score, text).toBeCloseTo(at(one.scores, i), 5)
    })
  })

  it('has a row for every method and every rule', () => {
    const told = new Set(cases.flatMap(({ method, rule }) => [method, `rule ${rule}`]))
    const shown = [...optionsOf('method').map(({ value }) => value), ...optionsOf('rule').map(({ value }) => `rule ${value}`)]
    expect(shown.filter((name) => !told.has(name))).toEqual([])
  })
})
