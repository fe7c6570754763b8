import { type Found, Ledger, randomOf, type Search, type Space } from './search'

/**
 * Bayesian optimisation for few, costly evaluations (up to 6 numbers): a Gaussian process (Matérn 5/2) through what is known, and three ways to pick
 * the next point (expected improvement, probability of improvement, upper bound) among which a hedge chooses by their record. Hoffman et al. 2011.
 */
export const bayesian: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  const random = randomOf(options.seed)
  const gains = [0, 0, 0]
  return ledger.run(async () => {
    for (const point of firstPoints(space)) await ledger.ask(point)
    for (;;) {
      const model = fitProcess(space, ledger.evaluations)
      const candidates = candidatesOf(space, random.uniform).map((point) => ({ point, ...model.at(point) }))
      const proposals = acquisitions.map((score) => bestOf(candidates, (candidate) => score(candidate, model.best)))
      const chosen = proposals[draw(gains, random.uniform())] as Candidate
      const fresh = ledger.has(chosen.point) ? bestOf(candidates, ({ point, deviation }) => (ledger.has(point) ? -1 : deviation)) : chosen
      if (ledger.has(fresh.point)) return
      await ledger.ask(fresh.point)
      const updated = fitProcess(space, ledger.evaluations)
      for (const [i, proposal] of proposals.entries()) gains[i] = (gains[i] as number) + updated.at(proposal.point).mean
    }
  })
}

interface Candidate {
  readonly point: number[]
  /** of the standardised score (higher is better) */
  readonly mean: number
  readonly deviation: number
}

const margin = 0.01
const acquisitions: readonly ((candidate: Candidate, best: number) => number)[] = [
  ({ mean, deviation }, best) => {
    const z = (mean - best - margin) / deviation
    return (mean - best - margin) * cumulative(z) + deviation * density(z)
  },
  ({ mean, deviation }, best) => cumulative((mean - best - margin) / deviation),
  ({ mean, deviation }) => mean + 1.96 * deviation,
]

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/** The normal distribution function (Abramowitz and Stegun 7.1.26; error below 1.5e-7). */
function cumulative(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x)
  return z >= 0 ? 1 - tail / 2 : tail / 2
}

function firstPoints({ low, high }: Space): number[][] {
  const at = (share: number): number[] => low.map((value, i) => value + share * ((high[i] as number) - value))
  return [at(0), at(0.5), at(1)]
}

/** A fine grid for one number, a low-discrepancy cloud for more. */
function candidatesOf(space: Space, uniform: () => number): number[][] {
  const { low, high } = space
  const place = (shares: readonly number[]): number[] =>
    shares.map((share, i) => (low[i] as number) + share * ((high[i] as number) - (low[i] as number)))
  if (low.length === 1) return Array.from({ length: 401 }, (_, i) => place([i / 400]))
  const shift = low.map(uniform)
  const golden = 1.324717957244746 ** (1 / Math.max(1, low.length - 1))
  return Array.from({ length: 2000 }, (_, i) => place(low.map((_, axis) => ((shift[axis] as number) + (i + 1) / golden ** (axis + 1)) % 1)))
}

function draw(gains: readonly number[], u: number): number {
  const largest = Math.max(...gains)
  const exps = gains.map((gain) => Math.exp(gain - largest))
  let rest = u * exps.reduce((sum, value) => sum + value, 0)
  for (const [i, value] of exps.entries()) {
    rest -= value
    if (rest <= 0) return i
  }
  return exps.length - 1
}

function bestOf(candidates: readonly Candidate[], score: (candidate: Candidate) => number): Candidate {
  let best = candidates[0] as Candidate
  let most = -Infinity
  for (const candidate of candidates) {
    const value = score(candidate)
    if (value > most) [best, most] = [candidate, value]
  }
  return best
}

const noise = 1e-6
const scales = [0.05, 0.1, 0.2, 0.4, 0.8]

interface Process {
  /** best standardised score so far */
  readonly best: number
  at(point: readonly number[]): { readonly mean: number; readonly deviation: number }
}

/** Scores are −loss, standardised; the length scale is the one under which the data are most likely. */
function fitProcess({ low, high }: Space, evaluations: Found['evaluations']): Process {
  const usable = evaluations.filter(({ loss }) => Number.isFinite(loss))
  const shares = (point: readonly number[]): number[] =>
    point.map((value, i) => (value - (low[i] as number)) / ((high[i] as number) - (low[i] as number) || 1))
  const points = usable.map(({ point }) => shares(point))
  const scores = usable.map(({ loss }) => -loss)
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length)
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length)) || 1
  const y = scores.map((score) => (score - mean) / spread)
  const fits = scales.map((scale) => fitScale(points, y, scale))
  const { scale, factor, solved } = fits.reduce((best, one) => (one.likelihood > best.likelihood ? one : best))
  return {
    best: Math.max(...y),
    at(point) {
      const near = points.map((other) => matern(shares(point), other, scale))
      const inner = forward(factor, near)
      const variance = 1 + noise - inner.reduce((sum, value) => sum + value * value, 0)
      return {
        mean: near.reduce((sum, value, i) => sum + value * (solved[i] as number), 0),
        deviation: Math.sqrt(Math.max(1e-12, variance)),
      }
    },
  }
}

function fitScale(points: readonly (readonly number[])[], y: readonly number[], scale: number) {
  const kernel = points.map((a, i) => points.map((b, j) => matern(a, b, scale) + (i === j ? noise : 0)))
  const factor = cholesky(kernel)
  const half = forward(factor, y)
  const solved = backward(factor, half)
  const likelihood =
    -0.5 * y.reduce((sum, value, i) => sum + value * (solved[i] as number), 0) -
    factor.reduce((sum, row, i) => sum + Math.log(row[i] as number), 0)
  return { scale, factor, solved, likelihood }
}

function matern(a: readonly number[], b: readonly number[], scale: number): number {
  const distance = (Math.sqrt(5) * Math.hypot(...a.map((value, i) => value - (b[i] as number)))) / scale
  return (1 + distance + (distance * distance) / 3) * Math.exp(-distance)
}

function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const l = matrix.map((row) => row.map(() => 0))
  for (let i = 0; i < l.length; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] as number
      for (let k = 0; k < j; k++) sum -= (l[i]?.[k] as number) * (l[j]?.[k] as number)
      ;(l[i] as number[])[j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (l[j]?.[j] as number)
    }
  return l
}

function forward(l: readonly (readonly number[])[], y: readonly number[]): number[] {
  const x: number[] = []
  for (let i = 0; i < y.length; i++)
    x.push(((y[i] as number) - x.reduce((sum, value, k) => sum + (l[i]?.[k] as number) * value, 0)) / (l[i]?.[i] as number))
  return x
}

function backward(l: readonly (readonly number[])[], y: readonly number[]): number[] {
  const x = y.map(() => 0)
  for (let i = y.length - 1; i >= 0; i--) {
    let sum = y[i] as number
    for (let k = i + 1; k < y.length; k++) sum -= (l[k]?.[i] as number) * (x[k] as number)
    x[i] = sum / (l[i]?.[i] as number)
  }
  return x
}
