import { TributaryError } from '../../../shared/errors'
import type { Candidate } from '../../../shared/value'
import { defineNode } from '../../node-runtime'

/** The candidate of the best rank, else of the highest score, else of the highest log-probability per token, else the first. */
export function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  const value = ({ rank, score, logprob, tokens }: Candidate) =>
    rank !== undefined ? -rank : (score ?? (logprob === undefined ? Number.NEGATIVE_INFINITY : logprob / Math.max(1, tokens ?? 1)))
  return candidates.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || value(candidate) > value(best) ? candidate : best),
    undefined,
  )
}

/** One answer out of several. */
export default defineNode(
  {
    type: 'best-candidate',
    version: 1,
    title: 'Best candidate',
    family: 'ensemble',
    survey: '4.3',
    summary: 'Takes the best of several answers.',
    help: 'The best rank wins; without ranks the highest score; without scores the highest log-probability per token; without any of them the first. Equal ones: the earlier.',
    synonyms: ['top', 'choose', 'select', 'argmax', 'winner', 'first'],
    inputs: { candidates: { wire: 'candidates', arity: 'one', summary: 'the answers, perhaps ranked' } },
    outputs: {
      text: { wire: 'text', summary: 'the best answer' },
      source: { wire: 'text', summary: 'where it came from' },
      score: { wire: 'number', summary: 'its score; 0 where it has none' },
    },
    params: {
      least: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Lead',
        summary: 'how much its score must exceed the second best; else the node fails and can fall back',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs, params }) => {
    const best = bestOf(inputs.candidates)
    if (best === undefined)
      throw new TributaryError('data-empty', 'There are no candidates to choose from.', { place: { port: 'candidates' } })
    if (params.least > 0) {
      const lead =
        (best.score ?? 0) - Math.max(...inputs.candidates.filter((candidate) => candidate !== best).map(({ score }) => score ?? 0))
      if (lead < params.least)
        throw new TributaryError('node-failed', `The best candidate leads by ${lead.toFixed(3)}, less than ${params.least}.`, {
          hint: 'Set what happens on failure in the node’s policy, or lower the lead.',
        })
    }
    return { text: best.text, source: best.source ?? '', score: best.score ?? 0 }
  },
)
