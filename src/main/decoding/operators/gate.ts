import { entropy, topK } from '../distribution'
import { defineOperator } from '../operator'
import type { Row } from '../row'

/** The leader alone where it is sure, else the other distribution, which is evaluated only then. */
export default defineOperator(
  {
    name: 'gate',
    title: 'Gate on confidence',
    formula: 'p = p_leader where it is sure, else p_other',
    summary: 'Follows one model while it is sure, and asks the others only where it is not.',
    help: `Ensembles pay for every model at every token, but most tokens are easy. The gate looks at the leader: where it is sure enough, its own distribution stands and the others do not run; they catch up in one batch when next asked.

*Signal*: the probability of the likeliest token, or its lead over the second, must reach the threshold (0…1); or the entropy, in nats, must stay below it. A threshold of 0 always follows the leader by probability or lead; above 1 never.

Wire an average of the leader and its helpers into *other* to get GaC’s gated ensemble.`,
    synonyms: ['confidence', 'critical tokens', 'threshold', 'frugal', 'cascade', 'unsure', 'GaC gate'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Yu et al. 2024, arXiv:2406.12585',
    systems: ['gac'],
    inputs: {
      leader: { arity: 'one', summary: 'the distribution that decides while it is sure' },
      other: { arity: 'one', summary: 'used where the leader is unsure; often a mix with the leader in it', lazy: true },
    },
    params: {
      signal: {
        kind: 'choice',
        default: 'probability',
        title: 'Signal',
        summary: 'what counts as sure',
        options: [
          { value: 'probability', title: 'probability of the best', formula: 'sure: max p_leader ≥ {threshold}' },
          { value: 'lead', title: 'lead over the second', formula: 'sure: p(1st) − p(2nd) ≥ {threshold}' },
          { value: 'entropy', title: 'entropy', formula: 'sure: H(p_leader) ≤ {threshold} nats' },
        ],
      },
      threshold: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 20,
        step: 0.05,
        title: 'Threshold',
        summary: 'sure at or above it (probability, lead), or at or below it (entropy, nats)',
      },
    },
    face: 'threshold',
  },
  {
    wants: ({ inputs: { leader }, params }) => (isSure(leader, params.signal, params.threshold) ? [] : ['other']),
    apply({ inputs }, out) {
      const other = inputs.other as Row | undefined
      out.values.set((other ?? inputs.leader).values)
      out.touch()
    },
  },
)

/** Compared with a slack of 1e-12, so that a threshold equal to an observed value counts as reached. */
function isSure(leader: Row, signal: string, threshold: number): boolean {
  if (signal === 'entropy') return entropy(leader) <= threshold + 1e-12
  const [first, second] = topK(leader.values, 2)
  const best = Math.exp(leader.logprob(first as number))
  const lead = best - (second === undefined ? 0 : Math.exp(leader.logprob(second)))
  return (signal === 'lead' ? lead : best) >= threshold - 1e-12
}
