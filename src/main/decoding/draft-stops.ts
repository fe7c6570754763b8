import type { DraftStop } from './model-drafting'
import type { Random } from './random'

/**
 * Ends a draft after a token below `least` confidence (Kangaroo's second exit, Liu 2024), or when the chance that some token is refused,
 * 1 − Π confidence, passes `risk` (SpecDec++, Huang 2024, with the drafter's own probabilities in place of a trained head).
 */
export function confidenceStop(least: number, risk: number): DraftStop {
  let survival = 1
  return {
    begin: () => {
      survival = 1
    },
    endsAfter(confidence) {
      survival *= confidence
      return confidence < least || 1 - survival > risk
    },
    learn: () => {},
  }
}

const bins = 10

/**
 * Thompson sampling (EESD, Liu 2024): each band of confidence has a Beta distribution of being accepted, learnt from what the target accepted.
 * A draft goes on while the product of draws stays at `level` or above. Old evidence fades by `memory` a round.
 */
export function thompsonStop(
  level: number,
  memory: number,
  random: Random,
): DraftStop & { readonly beta: (confidence: number) => readonly [number, number] } {
  const accepted = new Float64Array(bins)
  const refused = new Float64Array(bins)
  const binOf = (confidence: number): number => Math.min(bins - 1, Math.floor(confidence * bins))
  let drafted: number[] = []
  let product = 1
  const beta = (confidence: number): readonly [number, number] => {
    const bin = binOf(confidence)
    return [1 + (accepted[bin] as number), 1 + (refused[bin] as number)]
  }
  return {
    beta,
    begin: () => {
      drafted = []
      product = 1
    },
    endsAfter(confidence) {
      drafted.push(binOf(confidence))
      product *= drawBeta(...beta(confidence), random)
      return product < level
    },
    learn(_, survived) {
      for (let bin = 0; bin < bins; bin++) {
        accepted[bin] = (accepted[bin] as number) * memory
        refused[bin] = (refused[bin] as number) * memory
      }
      drafted.slice(0, survived + 1).forEach((bin, i) => {
        const tally = i < survived ? accepted : refused
        tally[bin] = (tally[bin] as number) + 1
      })
      drafted = []
    },
  }
}

/** A draw from Beta(a, b), a and b ≥ 1. */
export function drawBeta(a: number, b: number, random: Random): number {
  const x = drawGamma(a, random)
  return x / (x + drawGamma(b, random))
}

/** A draw from Gamma(shape, 1), shape ≥ 1. Marsaglia & Tsang 2000. */
function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
