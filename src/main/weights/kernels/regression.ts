import { cholesky, solveCholeskyOfFour } from './cholesky'

/** The least-squares system of several models with one input: factored once, solved for each row of weights. */
export interface Regression {
  /** Writes the rows w that minimise Σ_i ‖X_i (w − w_i)‖² each. values: rows w_i of each model, one after the other [rows × n], as `out`. */
  solve(values: readonly Float32Array[], out: Float32Array): void
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
    if (factor) return { solve: (values, out) => solveRows({ grams, weights, n, off, lift, factor }, values, out) }
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

/** Four rows at a time, so that every number of the Gram matrices and of the factor is fetched once for four. */
function solveRows({ grams, weights, n, off, lift, factor }: System, values: readonly Float32Array[], out: Float32Array): void {
  const right = new Float64Array(4 * n)
  const rows = new Float64Array(4 * n)
  for (let start = 0; start < out.length; start += 4 * n) {
    const count = Math.min(4, (out.length - start) / n)
    right.fill(0)
    for (const [model, all] of values.entries()) {
      rows.fill(0)
      for (let r = 0; r < count; r++) for (let j = 0; j < n; j++) rows[4 * j + r] = all[start + r * n + j] as number
      addWanted(grams[model] as Float32Array, { rows, n, off, weight: weights[model] as number, lift: lift / values.length }, right)
    }
    solveCholeskyOfFour(factor, n, right)
    for (let r = 0; r < count; r++) for (let i = 0; i < n; i++) out[start + r * n + i] = right[4 * i + r] as number
  }
}

/** What one model wants of four rows: weight·G'·w + lift·w is added, G' with its off-diagonals times `off`. rows, right: entry j of row r at 4j + r */
function addWanted(
  gram: Float32Array,
  {
    rows,
    n,
    off,
    weight,
    lift,
  }: { readonly rows: Float64Array; readonly n: number; readonly off: number; readonly weight: number; readonly lift: number },
  right: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let j = 0; j < n; j++) {
      const entry = gram[i * n + j] as number
      s0 += entry * (rows[4 * j] as number)
      s1 += entry * (rows[4 * j + 1] as number)
      s2 += entry * (rows[4 * j + 2] as number)
      s3 += entry * (rows[4 * j + 3] as number)
    }
    const own = lift + weight * (1 - off) * (gram[i * n + i] as number)
    const at = 4 * i
    right[at] = (right[at] as number) + weight * off * s0 + own * (rows[at] as number)
    right[at + 1] = (right[at + 1] as number) + weight * off * s1 + own * (rows[at + 1] as number)
    right[at + 2] = (right[at + 2] as number) + weight * off * s2 + own * (rows[at + 2] as number)
    right[at + 3] = (right[at + 3] as number) + weight * off * s3 + own * (rows[at + 3] as number)
  }
}

const scaled = (gram: Float32Array, i: number, n: number, off: number): number =>
  i % (n + 1) === 0 ? (gram[i] as number) : off * (gram[i] as number)
