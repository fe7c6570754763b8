import { eigenSymmetric } from '../kernels/eigen'
import { clampTo, Ledger, middleOf, randomOf, type Search, type Space } from './search'

/**
 * Covariance matrix adaptation: samples around a mean, moves the mean to the better half, learns the shape of the valley. λ = 4 + ⌊3 ln n⌋.
 * Points outside the box are judged at its edge plus a small penalty. Hansen 2016, arXiv:1604.00772.
 */
export const cmaEs: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  const state = new Adaptation(space, options.seed)
  return ledger.run(async () => {
    for (;;) {
      const samples = state.sample()
      const losses: number[] = []
      for (const sample of samples) {
        const inside = clampTo(sample, space)
        const outside = sample.reduce((sum, value, i) => sum + (value - (inside[i] as number)) ** 2, 0)
        losses.push((await ledger.ask(inside)) + 1e-3 * outside)
      }
      if (!state.learn(samples, losses)) return
    }
  })
}

type Matrix = number[][]

class Adaptation {
  private readonly n: number
  private readonly weights: readonly number[]
  private readonly mass: number
  private readonly rates: {
    readonly sigma: number
    readonly damping: number
    readonly path: number
    readonly one: number
    readonly many: number
    readonly expected: number
  }
  private readonly normal: () => number
  private readonly lambda: number
  private mean: number[]
  private sigma = 1 / 6
  private readonly spans: readonly number[]
  private covariance: Matrix
  private axes: Matrix
  private lengths: number[]
  private pathSigma: number[]
  private pathCovariance: number[]
  private generation = 0

  constructor(space: Space, seed: number) {
    const n = space.low.length
    this.n = n
    this.normal = randomOf(seed).normal
    this.spans = space.high.map((high, i) => high - (space.low[i] as number))
    this.mean = middleOf(space)
    this.lambda = 4 + Math.floor(3 * Math.log(n))
    const raw = Array.from({ length: Math.floor(this.lambda / 2) }, (_, i) => Math.log((this.lambda + 1) / 2) - Math.log(i + 1))
    const sum = raw.reduce((total, weight) => total + weight, 0)
    this.weights = raw.map((weight) => weight / sum)
    this.mass = 1 / this.weights.reduce((total, weight) => total + weight ** 2, 0)
    this.rates = ratesFor(n, this.mass)
    const unit = (): Matrix => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)))
    this.covariance = unit()
    this.axes = unit()
    this.lengths = Array.from({ length: n }, () => 1)
    this.pathSigma = Array.from({ length: n }, () => 0)
    this.pathCovariance = Array.from({ length: n }, () => 0)
  }

  sample(): number[][] {
    return Array.from({ length: this.lambda }, () => {
      const z = this.lengths.map((length) => length * this.normal())
      return this.mean.map((value, i) => value + this.sigma * (this.spans[i] as number) * rowTimes(this.axes, i, z))
    })
  }

  /** False when the step has become too small to matter. */
  learn(samples: readonly (readonly number[])[], losses: readonly number[]): boolean {
    const { sigma: rateSigma, damping, path, one, many, expected } = this.rates
    // ties keep the order of asking
    const order = losses.map((_, i) => i).sort((a, b) => (losses[a] as number) - (losses[b] as number) || a - b)
    const steps = this.weights.map((_, rank) =>
      (samples[order[rank] as number] as readonly number[]).map(
        (value, i) => (value - (this.mean[i] as number)) / (this.sigma * (this.spans[i] as number)),
      ),
    )
    const step = this.mean.map((_, i) => this.weights.reduce((sum, weight, rank) => sum + weight * (steps[rank]?.[i] as number), 0))
    this.mean = this.mean.map((value, i) => value + this.sigma * (this.spans[i] as number) * (step[i] as number))
    const whitened = this.whiten(step)
    this.pathSigma = this.pathSigma.map(
      (value, i) => (1 - rateSigma) * value + Math.sqrt(rateSigma * (2 - rateSigma) * this.mass) * (whitened[i] as number),
    )
    this.generation++
    const length = Math.hypot(...this.pathSigma)
    const steady = length / Math.sqrt(1 - (1 - rateSigma) ** (2 * this.generation)) / expected < 1.4 + 2 / (this.n + 1) ? 1 : 0
    this.pathCovariance = this.pathCovariance.map(
      (value, i) => (1 - path) * value + steady * Math.sqrt(path * (2 - path) * this.mass) * (step[i] as number),
    )
    this.covariance = this.covariance.map((row, i) =>
      row.map((value, j) => {
        const rankOne = (this.pathCovariance[i] as number) * (this.pathCovariance[j] as number) + (1 - steady) * path * (2 - path) * value
        const rankMany = this.weights.reduce(
          (sum, weight, rank) => sum + weight * (steps[rank]?.[i] as number) * (steps[rank]?.[j] as number),
          0,
        )
        return (1 - one - many) * value + one * rankOne + many * rankMany
      }),
    )
    this.sigma *= Math.exp((rateSigma / damping) * (length / expected - 1))
    const { values, vectors } = eigenSymmetric(this.covariance)
    this.axes = vectors
    this.lengths = values.map((value) => Math.sqrt(Math.max(value, 1e-20)))
    return this.sigma * Math.max(...this.lengths) > 1e-12
  }

  /** C^(−1/2) · step */
  private whiten(step: readonly number[]): number[] {
    const along = this.lengths.map((length, k) => step.reduce((sum, value, i) => sum + (this.axes[i]?.[k] as number) * value, 0) / length)
    return step.map((_, i) => rowTimes(this.axes, i, along))
  }
}

const rowTimes = (matrix: Matrix, row: number, vector: readonly number[]): number =>
  (matrix[row] as number[]).reduce((sum, value, k) => sum + value * (vector[k] as number), 0)

function ratesFor(n: number, mass: number) {
  const sigma = (mass + 2) / (n + mass + 5)
  const one = 2 / ((n + 1.3) ** 2 + mass)
  return {
    sigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + sigma,
    path: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    one,
    many: Math.min(1 - one, (2 * (mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass)),
    expected: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  }
}
