import { TributaryError } from '../../../shared/errors'
import type { Candidate } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { ranksOf } from '../../ranking/pairwise'
import { combineRewards, standardise } from '../../ranking/reward'
import { countRankedLists } from '../../ranking/vote'

/** Several rankings of the same candidates as one. */
export default defineNode(
  {
    type: 'combine-rankings',
    version: 1,
    title: 'Combine rankings',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Coste et al. 2023, arXiv:2310.02743; Eisenstein et al. 2023, arXiv:2312.09244',
    summary: 'Makes one ranking of several scorers’ opinions, careful where they disagree.',
    help: [
      'A single scorer can be fooled: the candidate that it likes best is often the one that exploits its weakness. Several scorers seldom share a weakness.',
      '',
      '- *Mean*: all opinions count alike.',
      '- *Worst*: a candidate is as good as its strictest scorer says.',
      '- *Careful mean*: the mean less a penalty for disagreement (variance).',
      '- *Median*: one wild scorer changes nothing.',
      '- *Reciprocal ranks*: only the orders count, not the scores.',
      '',
      'Connect the outputs of several **Ranker** nodes that got the same candidates. Scores of different scorers have different scales; *same scale* brings each to mean 0 and standard deviation 1 first.',
    ].join('\n'),
    synonyms: ['reward ensemble', 'worst case optimisation', 'uncertainty', 'best of n', 'aggregate', 'borda', 'fusion of rankings'],
    systems: ['reward-ensemble'],
    inputs: { rankings: { wire: 'candidates', arity: 'some', summary: 'the same candidates, scored by several' } },
    outputs: {
      candidates: { wire: 'candidates', summary: 'all candidates, best first, with the combined score' },
      best: { wire: 'text', summary: 'the best one' },
    },
    params: {
      rule: {
        kind: 'choice',
        default: 'uncertainty',
        summary: 'how opinions become one',
        options: [
          { value: 'mean', title: 'Mean' },
          { value: 'worst', title: 'Worst' },
          { value: 'uncertainty', title: 'Careful mean' },
          { value: 'median', title: 'Median' },
          { value: 'ranks', title: 'Reciprocal ranks' },
        ],
      },
      penalty: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 100,
        step: 0.1,
        summary: 'weight of the variance',
        when: { param: 'rule', in: ['uncertainty'] },
      },
      scale: {
        kind: 'boolean',
        default: true,
        title: 'Same scale',
        summary: 'bring every scorer to mean 0 and standard deviation 1 first',
        when: { param: 'rule', in: ['mean', 'worst', 'uncertainty', 'median'] },
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'rule',
  },
  ({ inputs: { rankings }, params }) => {
    const [first] = rankings
    if (first === undefined || first.length === 0)
      throw new TributaryError('data-empty', 'There are no candidates to combine.', { place: { port: 'rankings' } })
    const keys = keysOf(first)
    const rows = keys.map((key) => rankings.map((ranking, index) => scoreOf(key, ranking, index)))
    const scores =
      params.rule === 'ranks'
        ? byRanks(keys, rankings)
        : (params.scale ? standardise(rows) : rows).map((row) => combineRewards(row, params.rule as 'mean', params.penalty))
    const ranks = ranksOf(scores)
    const candidates = first
      .map((candidate, index) => ({ ...candidate, score: scores[index]!, rank: ranks[index]! }))
      .sort((a, b) => a.rank - b.rank)
    return { candidates, best: candidates[0]!.text }
  },
)

/** A candidate is known by its source and text; a second of the same by its number too. */
function keysOf(candidates: readonly Candidate[]): string[] {
  const seen = new Map<string, number>()
  return candidates.map(({ source = '', text }) => {
    const key = `${source}\u0000${text}`
    const number = (seen.get(key) ?? 0) + 1
    seen.set(key, number)
    return `${key}\u0000${number}`
  })
}

function scoreOf(key: string, ranking: readonly Candidate[], index: number): number {
  const score = ranking[keysOf(ranking).indexOf(key)]?.score
  if (score !== undefined) return score
  throw new TributaryError('input-type', `Ranking ${index + 1} has no score for every candidate of the first.`, {
    hint: 'Connect rankings of the same candidates, e.g. of several Ranker nodes.',
    place: { port: 'rankings' },
  })
}

/** The order of a ranking is that of its ranks, else of its scores. */
function byRanks(keys: readonly string[], rankings: readonly (readonly Candidate[])[]): number[] {
  const lists = rankings.map((ranking) => {
    const known = keysOf(ranking)
    return ranking.map(({ rank, score = 0 }, index) => ({ key: known[index]!, place: rank ?? -score })).sort((a, b) => a.place - b.place)
  })
  const counted = new Map(countRankedLists(lists.map((list) => list.map(({ key }) => key))).map(({ key, score }) => [key, score]))
  return keys.map((key) => counted.get(key) ?? 0)
}
