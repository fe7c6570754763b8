import type { Prompt } from '../../../../shared/expression'
import { logSumExp } from '../../../claims/entail'
import { aggregatePairs } from '../../../ranking/pairwise'
import { inForm } from '../../asking'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'pairwise',
  title: 'A judge that compares pairs (PairRanker)',
  summary:
    'A model says of each two answers which is better, in both orders, so that it cannot favour a place. N · (N − 1) readings for N candidates.',
  systems: ['pairranker'],
  needs: ['text', 'question'],
  async score({ question, candidates, model: ref, form, template, rule, mostComparisons }, context) {
    const model = await context.models.open(ref!)
    const n = candidates.length
    const preference = candidates.map(() => Array<number>(n).fill(0))
    const pairs = boundedPairs(n, Math.floor(mostComparisons / 2))
    if (pairs.length < (n * (n - 1)) / 2)
      context.warn(
        `${n} candidates would need ${n * (n - 1)} comparisons; ${pairs.length * 2} are made, each candidate with its neighbours.`,
      )
    for (const [done, [i, j]] of pairs.entries()) {
      preference[i]![j] = await compare(i, j)
      preference[j]![i] = await compare(j, i)
      context.progress(2 * (done + 1), 2 * pairs.length, 'comparisons')
    }
    return aggregatePairs(preference, rule)

    /** log P(first) - log P(second), spellings added */
    async function compare(first: number, second: number): Promise<number> {
      context.signal.throwIfAborted()
      const values = { question, first: candidates[first]!.text, second: candidates[second]!.text }
      const text = template.replace(/\{\{(question|first|second)\}\}/g, (_, name: keyof typeof values) => values[name])
      const prompt: Prompt = await inForm(model, context, form, text)
      const continuations = prompt.kind === 'chat' ? ['A', '1', 'B', '2'] : [' A', ' 1', ' B', ' 2']
      const scores = (await model.scoreContinuations({ prompt, continuations }, context.models.call)).map(({ logprob }) => logprob)
      return logSumExp(scores.slice(0, 2)) - logSumExp(scores.slice(2))
    }
  },
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
