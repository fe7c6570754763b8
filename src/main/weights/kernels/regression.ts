import { addExactProduct } from '../../../shared/wasm/exact-products'
import { cholesky, solveRows } from './cholesky'

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
    if (factor) return { solve: (values, out) => solve({ grams, weights, n, off, lift, factor }, values, out) }
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

/**
 * The first model's rows and what the others want of them to be otherwise: w = w₀ + G⁻¹ Σ G_i (w_i − w₀), with G the sum of all. So equal models stay as they are to the
 * last bit, and one product less is told.
 */
function solve({ grams, weights, n, off, lift, factor }: System, [first, ...others]: readonly Float32Array[], out: Float32Array): void {
  const own = first as Float32Array
  const wanted = new Float64Array(out.length)
  for (const [index, values] of others.entries()) {
    const [gram, weight] = [grams[index + 1] as Float32Array, weights[index + 1] as number]
    const change = Float64Array.from(values, (value, at) => value - (own[at] as number))
    const pull = lift / grams.length
    for (let at = 0; at < wanted.length; at++) {
      const column = at % n
      const diagonal = pull + weight * (1 - off) * (gram[column * (n + 1)] as number)
      wanted[at] = (wanted[at] as number) + diagonal * (change[at] as number)
      change[at] = weight * off * (change[at] as number)
    }
    const lying = (values: Float64Array): { values: Float64Array; row: number; column: number } => ({ values, row: n, column: 1 })
    addExactProduct(lying(change), { values: gram, row: n, column: 1 }, lying(wanted), { rows: out.length / n, depth: n, columns: n })
  }
  solveRows(factor, n, wanted)
  for (let at = 0; at < out.length; at++) out[at] = (own[at] as number) + (wanted[at] as number)
}

const scaled = (gram: Float32Array, i: number, n: number, off: number): number =>
  i % (n + 1) === 0 ? (gram[i] as number) : off * (gram[i] as number)
