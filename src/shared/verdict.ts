import type { Entailment, Verdict } from './value'

export interface Decision {
  readonly label: Verdict['label']
  /** place of the evidence that decided; -1: there is none */
  readonly decided: number
}

/**
 * What evidence says about a claim: the strongest support and the strongest contradiction count (max aggregation, Chen et al. 2023), each only strictly above
 * the threshold (0..1); neither means unknown, and so does no evidence. `conflict`: when both count, the stronger decides, or any support does.
 */
export function decide(opinions: readonly Entailment[], threshold: number, conflict: 'stronger' | 'support-first' = 'stronger'): Decision {
  const strongest = (label: keyof Entailment): number =>
    opinions.reduce((best, opinion, i) => (best < 0 || opinion[label] > (opinions[best]?.[label] ?? 0) ? i : best), -1)
  const support = strongest('entailment')
  const against = strongest('contradiction')
  const forIt = opinions[support]?.entailment ?? 0
  const againstIt = opinions[against]?.contradiction ?? 0
  const contradicts = againstIt > threshold
  const supportWins = forIt > threshold && (!contradicts || conflict === 'support-first' || forIt >= againstIt)
  const label = supportWins ? 'supported' : contradicts ? 'refuted' : 'unknown'
  return { label, decided: label === 'refuted' ? against : support }
}

/** A verdict at another threshold, from the evidence that it carries; without evidence, from its own probabilities. No model is asked again. */
export function relabel(verdict: Verdict, threshold: number): Verdict {
  const evidence = Array.isArray(verdict.evidence) ? verdict.evidence : []
  const opinions = evidence.flatMap((item) => item.entailment ?? [])
  const { label, decided } = decide(opinions.length > 0 ? opinions : verdict.entailment ? [verdict.entailment] : [], threshold)
  return { ...verdict, label, entailment: opinions[decided] ?? verdict.entailment }
}
