import { isJsonObject, type Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { nextPoint } from '../../weights/search/replay'
import type { Evaluation } from '../../weights/search/search'
import { type SearchName, searches, searchFor } from '../../weights/search/searches'
import { refuse } from '../../weights/settings'

/** Half of a search over anything: what to try next. */
export default defineNode(
  {
    type: 'next-candidate',
    version: 1,
    title: 'Next candidate',
    family: 'merging',
    summary: 'Tells which numbers to try next, from all that were tried so far.',
    help: `With *Record candidate* and a **Loop** any part of a graph that ends in a number can be searched: an accuracy, a perplexity, a judge’s score, a speed (*Score a merge* tells them).

Inside the loop: *history* (an input, first \`[]\`) → **Next candidate** → its list into the *Weights* of a Merger (or any text param) → **Score a merge** (or anything else that gives a number) → **Record candidate**, whose *history* and *done* are outputs of the loop; *Until* is \`done\`. The same history gives the same candidate, so a loop that was stopped goes on where it was.`,
    synonyms: ['search', 'optimise', 'tune', 'propose', 'cma-es', 'bayesian optimisation', 'ask'],
    survey: '3',
    systems: ['evolutionary-weights'],
    inputs: { history: { wire: 'json', arity: 'one', summary: 'what was tried: [] at first, then as Record candidate gives it' } },
    outputs: {
      candidate: { wire: 'text', summary: 'the numbers, as a list' },
      isNew: { wire: 'boolean', summary: 'no when the search has ended: then it is the best so far' },
    },
    params: {
      count: { kind: 'number', default: 2, min: 1, max: 100, integer: true, title: 'Numbers', summary: 'how many are searched' },
      low: { kind: 'number', default: 0, title: 'Least', summary: 'least of each' },
      high: { kind: 'number', default: 1, title: 'Most', summary: 'largest of each' },
      search: {
        kind: 'choice',
        default: 'bayes',
        title: 'Search',
        summary: 'how the next candidate is chosen',
        options: Object.entries(searches).map(([value, { title, summary }]) => ({ value, title, summary })),
      },
      budget: {
        kind: 'number',
        default: 20,
        min: 1,
        max: 1000,
        integer: true,
        title: 'Budget',
        unit: 'candidates',
        summary: 'most candidates',
      },
      patience: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1000,
        integer: true,
        title: 'Patience',
        unit: 'candidates',
        summary: 'stop after so many without a better one; 0: use the whole budget',
      },
      // not the seed of a stochastic node: in a loop that is another one in every round, and a search could not be played again from its history
      draws: {
        kind: 'number',
        default: 1,
        min: 0,
        max: 2 ** 31,
        integer: true,
        title: 'Seed',
        summary: 'of the draws: another number searches another way; all rounds of a loop share it',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'search',
  },
  async ({ inputs: { history }, params }) => {
    const past = evaluationsOf(history)
    const each = (value: number): number[] => Array.from({ length: params.count }, () => value)
    if (params.low === params.high) refuse('Next candidate', `searches from ${params.low} to ${params.high}`)
    const space = { low: each(params.low), high: each(params.high) }
    const point = await nextPoint(searchFor(params.search as SearchName, space), space, past, {
      budget: params.budget,
      seed: params.draws,
      ...(params.patience > 0 ? { patience: params.patience } : {}),
    })
    return { candidate: (point ?? bestOf(past)?.point ?? each(params.low)).join(', '), isNew: point !== undefined }
  },
)

/** A history as its wire carries it. Throws `weights-parameter` for anything else. */
export function evaluationsOf(history: Json): Evaluation[] {
  if (!Array.isArray(history)) return refuse('The history of a search', 'is not a list', 'Begin with [].')
  return (history as readonly Json[]).map((entry) => {
    const { point, loss } = isJsonObject(entry) ? entry : {}
    if (!Array.isArray(point) || !point.every((value) => typeof value === 'number') || typeof loss !== 'number')
      return refuse('The history of a search', 'has an entry without point and loss')
    return { point: point as readonly number[], loss }
  })
}

/** The first of the best. */
export const bestOf = (past: readonly Evaluation[]): Evaluation | undefined =>
  past.reduce<Evaluation | undefined>((best, one) => (best === undefined || one.loss < best.loss ? one : best), undefined)
