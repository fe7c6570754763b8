import { Random } from '../decoding/random'

/** Figures over the items of a batch. Pure and seeded: equal values give equal figures. */

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/**
 * Mean and its 95 % percentile bootstrap interval. values [n], n ≥ 1; one value, or equal values: low = mean = high.
 * `resamples` means of n values drawn with replacement; the interval runs between their 2.5 % and 97.5 % order statistics.
 * Throws RangeError for no values. Efron 1979; Efron & Tibshirani 1993, §13.3.
 */
export function bootstrapMean(values: ArrayLike<number>, { seed = 0, resamples = 1000 } = {}): Interval {
  const n = values.length
  if (n === 0) throw new RangeError('no values have no mean')
  const random = new Random(seed)
  const means = new Float64Array(resamples)
  for (let k = 0; k < resamples; k++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += values[Math.floor(random.uniform() * n)]!
    means[k] = sum / n
  }
  means.sort()
  const at = (share: number): number => means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!
  return { mean: mean(values), low: at(0.025), high: at(0.975) }
}

/**
 * Two-sided p of the paired differences under the hypothesis that the sign of each is a coin's: the share of sign patterns whose sum is at least as far
 * from 0 as the one seen. differences [n]; zeros decide nothing and are left out; none left: 1.
 * All of one size (right against wrong): the exact binomial, which is McNemar's exact test. Up to 16: all 2^n patterns. More: `flips` drawn patterns, the
 * one seen counted among them, so that p is never 0. Fisher 1935; Pitman 1937; Phipson & Smyth 2010.
 */
export function pairedTest(differences: readonly number[], { seed = 0, flips = 10_000 } = {}): number {
  const moved = differences.filter((difference) => difference !== 0)
  const n = moved.length
  if (n === 0) return 1
  const sizes = moved.map(Math.abs)
  const seen = Math.abs(moved.reduce((sum, difference) => sum + difference, 0))
  if (sizes.every((size) => Math.abs(size - sizes[0]!) <= 1e-12 * sizes[0]!)) return binomialTail(n, moved.filter((d) => d > 0).length)
  const isAsFar = (sum: number): boolean => Math.abs(sum) >= seen - 1e-12 * Math.max(1, seen)
  if (n <= 16) {
    let count = 0
    for (let pattern = 0; pattern < 2 ** n; pattern++) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (pattern >> i) & 1 ? sizes[i]! : -sizes[i]!
      if (isAsFar(sum)) count++
    }
    return count / 2 ** n
  }
  const random = new Random(seed)
  let count = 1
  for (let k = 0; k < flips; k++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += random.uniform() < 0.5 ? sizes[i]! : -sizes[i]!
    if (isAsFar(sum)) count++
  }
  return count / (flips + 1)
}

/** P(|X − n/2| ≥ |wins − n/2|) for X binomial with n trials of a fair coin. */
function binomialTail(n: number, wins: number): number {
  const fewer = Math.min(wins, n - wins)
  if (2 * fewer === n) return 1
  let logTerm = -n * Math.LN2
  let sum = 0
  for (let k = 0; k <= fewer; k++) {
    sum += Math.exp(logTerm)
    logTerm += Math.log((n - k) / (k + 1))
  }
  return Math.min(1, 2 * sum)
}
