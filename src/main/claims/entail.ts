import type { Entailment } from '../../shared/value'

export const neutralOnly: Entailment = { entailment: 0, neutral: 1, contradiction: 0 }

/** log Σ exp, safe for large values; of nothing -∞. */
export function logSumExp(values: readonly number[]): number {
  const most = Math.max(-Infinity, ...values)
  if (most === -Infinity) return -Infinity
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}

/** Probabilities of scores; all -∞ throws a RangeError. */
export function softmax(scores: readonly number[]): number[] {
  const total = logSumExp(scores)
  if (total === -Infinity) throw new RangeError('no answer has any probability')
  return scores.map((score) => Math.exp(score - total))
}

/** Log-probabilities of the spellings of each answer, e.g. `yes` and `Yes`. */
export interface LabelScores {
  readonly entailment: readonly number[]
  readonly neutral: readonly number[]
  readonly contradiction: readonly number[]
}

/** Spellings of one label add up; the three labels are brought to sum 1. A label without spellings gets 0. Throws RangeError when nothing has any probability. */
export function entailmentOf(scores: LabelScores): Entailment {
  const [entailment, neutral, contradiction] = softmax([
    logSumExp(scores.entailment),
    logSumExp(scores.neutral),
    logSumExp(scores.contradiction),
  ])
  return { entailment: entailment!, neutral: neutral!, contradiction: contradiction! }
}

/** The share of all probability that the offered answers have together; below one half the model is not answering in form. */
export const answerMass = (scores: LabelScores): number =>
  Math.exp(logSumExp([...scores.entailment, ...scores.neutral, ...scores.contradiction]))

/** P(yes) against no, spellings added. Both without probability: 0.5. */
export function yesAgainstNo(yes: readonly number[], no: readonly number[]): number {
  const difference = logSumExp(yes) - logSumExp(no)
  return Number.isNaN(difference) ? 0.5 : 1 / (1 + Math.exp(-difference))
}

/** Opinions on the same question asked in several orders: mean of log-probabilities per label, brought to sum 1. No opinion: all neutral. */
export function averageOrders(opinions: readonly Entailment[]): Entailment {
  if (opinions.length === 0) return neutralOnly
  const mean = (label: keyof Entailment) =>
    opinions.reduce((sum, opinion) => sum + Math.log(Math.max(opinion[label], 1e-30)), 0) / opinions.length
  return entailmentOf({ entailment: [mean('entailment')], neutral: [mean('neutral')], contradiction: [mean('contradiction')] })
}

/**
 * Contextual calibration (Zhao et al. 2021, arXiv:2102.09690): each label is divided by what the model says to a question without content, then brought to sum 1.
 * A label that the empty question gives (almost) nothing is divided by 1e-6 at least.
 */
export function calibrate(opinion: Entailment, empty: Entailment): Entailment {
  const share = (label: keyof Entailment) => Math.log(Math.max(opinion[label], 1e-30) / Math.max(empty[label], 1e-6))
  return entailmentOf({ entailment: [share('entailment')], neutral: [share('neutral')], contradiction: [share('contradiction')] })
}
