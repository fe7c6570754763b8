import type { Claim, Entailment, Evidence, Verdict } from '../../shared/value'
import { decide } from '../../shared/verdict'
import { neutralOnly } from './entail'

export interface AgreeOptions {
  /** a label needs more than this; 0..1 */
  readonly threshold: number
  /** when evidence both supports and contradicts: the stronger decides, or any support counts */
  readonly conflict: 'stronger' | 'support-first'
  /** how many pieces of evidence a verdict keeps */
  readonly keep: number
}

/**
 * The verdict over all evidence (`decide`). It carries the probabilities of the evidence that decided, and the evidence in order of what it has to say. No evidence: unknown.
 */
export function judgeClaim(claim: Claim, evidence: readonly Evidence[], { threshold, conflict, keep }: AgreeOptions): Verdict {
  const { label, decided: place } = decide(
    evidence.map((item) => item.entailment),
    threshold,
    conflict,
  )
  const decided = evidence[place]
  const weight = (item: Evidence) =>
    label === 'supported' ? item.entailment.entailment : label === 'refuted' ? item.entailment.contradiction : 1 - item.entailment.neutral
  const kept = [...evidence].sort((a, b) => weight(b) - weight(a)).slice(0, Math.max(0, keep))
  return { claim, label, entailment: decided?.entailment ?? neutralOnly, evidence: kept }
}

/** Matrices [document unit][answer unit] of probabilities. */
export type Matrix = readonly (readonly number[])[]
type Operator = 'max' | 'mean' | 'min'

const apply = (values: readonly number[], operator: Operator): number =>
  operator === 'max'
    ? Math.max(...values)
    : operator === 'min'
      ? Math.min(...values)
      : values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * SummaC zero-shot (Laban et al. 2022, arXiv:2111.09525): per answer unit, entailment less contradiction, each aggregated over the document by `overDocument`; then
 * aggregated over the answer. -1..1. Leave `contradiction` out to use entailment alone. No units: 0.
 */
export function summacScore(
  entailment: Matrix,
  contradiction: Matrix | undefined,
  { overDocument = 'max', overAnswer = 'mean' }: { overDocument?: Operator; overAnswer?: Operator } = {},
): { perUnit: number[]; score: number } {
  const units = entailment[0]?.length ?? 0
  const column = (matrix: Matrix, unit: number) =>
    apply(
      matrix.map((row) => row[unit]!),
      overDocument,
    )
  const perUnit = Array.from({ length: units }, (_, unit) => column(entailment, unit) - (contradiction ? column(contradiction, unit) : 0))
  return { perUnit, score: units === 0 ? 0 : apply(perUnit, overAnswer) }
}

/** γ of the FActScore: from so many facts on, an answer is not held back. */
export const fullFacts = 10

/**
 * FActScore (Min et al. 2023, arXiv:2305.14251): the share of supported facts, held back by `exp(1 - γ / n)` when there are fewer than γ facts. γ 0 switches that off.
 * null: nothing was claimed.
 */
export function factScore(supported: number, facts: number, gamma = fullFacts): number | null {
  if (facts === 0) return null
  return (facts >= gamma ? 1 : Math.exp(1 - gamma / facts)) * (supported / facts)
}

/** SelfCheckGPT with NLI (Manakul et al. 2023, arXiv:2303.08896): how much the samples contradict a sentence, 0..1, greater is worse. null: no samples. */
export function selfCheck(opinions: readonly Entailment[]): number | null {
  if (opinions.length === 0) return null
  const contradicted = ({ entailment, contradiction }: Entailment) =>
    entailment + contradiction === 0 ? 0.5 : contradiction / (entailment + contradiction)
  return opinions.reduce((sum, opinion) => sum + contradicted(opinion), 0) / opinions.length
}
