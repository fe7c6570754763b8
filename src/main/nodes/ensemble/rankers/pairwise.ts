import type { Prompt } from '../../../../shared/expression'
import { preferenceLabels } from '../../../../shared/pair-labels'
import { logSumExp } from '../../../claims/entail'
import type { LanguageModel } from '../../../models/model'
import type { RunContext } from '../../../node-runtime'
import { aggregatePairs } from '../../../ranking/pairwise'
import { inForm, labelsOf } from '../../asking'
import type { RankerInput, RankerMethod } from './ranker-method'

/** How much better the first answer is than the second, as a logit. */
type Compare = (question: string, first: string, second: string) => Promise<number>

export const ranker: RankerMethod = {
  name: 'pairwise',
  title: 'A judge that compares pairs (PairRanker)',
  formula: 's_ij = log P(i is better) − log P(j is better), where i is read first; {comparisons} comparisons at most',
  summary:
    'A model says of each two answers which is better, in both orders, so that it cannot favour a place. N · (N − 1) readings for N candidates. An encoder trained to compare reads question and answers together; a language model is asked in words.',
  systems: ['pairranker'],
  needs: ['text', 'question'],
  async score({ question, candidates, model: ref, rule, mostComparisons, ...input }, context) {
    const compare = await comparer(await context.models.open(ref!), input, context)
    const n = candidates.length
    const preference = candidates.map(() => Array<number>(n).fill(0))
    const pairs = boundedPairs(n, Math.floor(mostComparisons / 2))
    if (pairs.length < (n * (n - 1)) / 2)
      context.warn(
        `${n} candidates would need ${n * (n - 1)} comparisons; ${pairs.length * 2} are made, each candidate with its neighbours.`,
      )
    for (const [done, [i, j]] of pairs.entries()) {
      context.signal.throwIfAborted()
      const [a, b] = [candidates[i]!.text, candidates[j]!.text]
      preference[i]![j] = await compare(question, a, b)
      preference[j]![i] = await compare(question, b, a)
      context.progress(2 * (done + 1), 2 * pairs.length, 'comparisons')
    }
    return aggregatePairs(preference, rule)
  },
}

async function comparer(model: LanguageModel, asked: Pick<RankerInput, 'form' | 'template'>, context: RunContext): Promise<Compare> {
  const places = preferenceLabels(await labelsOf(model, context))
  return places ? encoderComparer(model, places, context) : askingComparer(model, asked, context)
}

/** PairRanker's own way: the encoder scores both answers in one reading, and the difference is the logit. */
const encoderComparer =
  (model: LanguageModel, places: { readonly first: number; readonly second: number }, context: RunContext): Compare =>
  async (question, first, second) => {
    const [scores] = await model.readPairs([{ first: question, second: first, third: second }], context.models.call)
    return scores![places.first]! - scores![places.second]!
  }

/** log P(first) - log P(second) of the letter that a language model would answer with, spellings added. */
const askingComparer =
  (model: LanguageModel, { form, template }: Pick<RankerInput, 'form' | 'template'>, context: RunContext): Compare =>
  async (question, first, second) => {
    const values = { question, first, second }
    const text = template.replace(/\{\{(question|first|second)\}\}/g, (_, name: keyof typeof values) => values[name])
    const prompt: Prompt = await inForm(model, context, form, text)
    const continuations = prompt.kind === 'chat' ? ['A', '1', 'B', '2'] : [' A', ' 1', ' B', ' 2']
    const scores = (await model.scoreContinuations({ prompt, continuations }, context.models.call)).map(({ logprob }) => logprob)
    return logSumExp(scores.slice(0, 2)) - logSumExp(scores.slice(2))
  }

/** All pairs, or the first of those at distance 1, 2, … around a circle, so that every candidate is compared about equally often. */
export function boundedPairs(n: number, most: number): [number, number][] {
  const pairs: [number, number][] = []
  for (let distance = 1; distance <= Math.floor(n / 2); distance += 1)
    for (let i = 0; i < n; i += 1) {
      const j = (i + distance) % n
      // at half way round each pair would come twice
      if (2 * distance === n && i >= j) continue
      if (pairs.length >= Math.max(1, most)) return pairs
      pairs.push([i, j])
    }
  return pairs
}
