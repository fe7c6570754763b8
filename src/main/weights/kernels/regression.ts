import { cholesky, solveCholesky } from './cholesky'

/** The least-squares system of several models with one input: factored once, solved for each row of weights. */
export interface Regression {
  /** Writes the row w that minimises Σ_i ‖X_i (w − w_i)‖². rows: w_i [n] of each model. */
  solve(rows: readonly Float32Array[], out: Float32Array): void
}

const ridges = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]

/**
 * G_i [n × n] = mean of x·xᵀ of model i, weighed by `weights`; off-diagonals count by `off` (1: all, 0: the diagonal alone). A small ridge, the least that
 * factors, pulls to the plain average, so that equal models stay as they are. undefined when even a large one does not factor. Jin et al. 2022, arXiv:2212.09849.
 */
export function regressionOf(grams: readonly Float32Array[], weights: readonly number[], n: number, off: number): Regression | undefined {
  const total = new Float64Array(n * n)
  for (const [model, gram] of grams.entries())
    for (let i = 0; i < n * n; i++) total[i] = (total[i] as number) + (weights[model] as number) * scaled(gram, i, n, off)
  let trace = 0
  for (let i = 0; i < n; i++) trace += total[i * n + i] as number
  if (!(trace > 0)) return undefined
  for (const ridge of ridges) {
    const lift = (ridge * trace) / n
    const lifted = Float64Array.from(total, (value, i) => (i % (n + 1) === 0 ? value + lift : value))
    const factor = cholesky(lifted, n)
    if (factor) return { solve: (rows, out) => solveRow({ grams, weights, n, off, lift, factor }, rows, out) }
  }
  return undefined
}

interface System {
  readonly grams: readonly Float32Array[]
  readonly weights: readonly number[]
  readonly n: number
  readonly off: number
  readonly lift: number
  readonly factor: Float64Array
}

function solveRow({ grams, weights, n, off, lift, factor }: System, rows: readonly Float32Array[], out: Float32Array): void {
  const right = new Float64Array(n)
  for (const [model, row] of rows.entries()) {
    const gram = grams[model] as Float32Array
    const weight = weights[model] as number
    for (let i = 0; i < n; i++) {
      let sum = (lift / rows.length) * (row[i] as number)
      for (let j = 0; j < n; j++) {
        const entry = gram[i * n + j] as number
        sum += weight * (i === j ? entry : off * entry) * (row[j] as number)
      }
      right[i] = (right[i] as number) + sum
    }
  }
  solveCholesky(factor, n, right)
  out.set(right)
}

const scaled = (gram: Float32Array, i: number, n: number, off: number): number =>
  i % (n + 1) === 0 ? (gram[i] as number) : off * (gram[i] as number)
