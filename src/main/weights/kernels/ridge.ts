import { addExactProduct } from '../../../shared/wasm/exact-products'
import { cholesky, solveRows } from './cholesky'
import { lowRank } from './low-rank'

/**
 * The map M [n × n] that takes features z to what an expert has in their place: least ‖M·z − e‖² + ridge · mean energy · ‖M − 1‖². z, e [rows × n].
 * With few rows it stays near doing nothing. undefined for features that are all zero.
 */
export function ridgeMap(z: Float32Array, e: Float32Array, n: number, ridge: number): Float32Array | undefined {
  const rows = Math.min(z.length, e.length) / n
  const gram = new Float64Array(n * n)
  // Σ (z − e)·zᵀ
  const bias = new Float64Array(n * n)
  const off = Float64Array.from({ length: rows * n }, (_, at) => (z[at] as number) - (e[at] as number))
  const all = { rows: n, depth: rows, columns: n }
  addExactProduct({ values: z, row: 1, column: n }, { values: z, row: n, column: 1 }, { values: gram, row: n, column: 1 }, all)
  addExactProduct({ values: off, row: 1, column: n }, { values: z, row: n, column: 1 }, { values: bias, row: n, column: 1 }, all)
  let trace = 0
  for (let i = 0; i < n; i++) trace += gram[i * n + i] as number
  if (trace === 0) return undefined
  for (let i = 0; i < n; i++) gram[i * n + i] = (gram[i * n + i] as number) + Math.max(ridge, 1e-12) * (trace / n)
  const factor = cholesky(gram, n)
  if (!factor) return undefined
  solveRows(factor, n, bias)
  return Float32Array.from(bias, (value, at) => (at % (n + 1) === 0 ? 1 : 0) - value)
}

/** The map nearest to M [n × n] whose difference from doing nothing has at most this rank: 1 − b·a, so that a head W becomes W − (W·b)·a, an adapter of that rank. */
export function ofRank(map: Float32Array, n: number, rank: number, seed: number): Float32Array {
  const one = (at: number): number => (at % (n + 1) === 0 ? 1 : 0)
  const change = map.map((value, at) => one(at) - value)
  const { a, b, rank: found } = lowRank(change, n, n, { rank, energy: 1, seed })
  return map.map((_, at) => {
    const [row, column] = [Math.floor(at / n), at % n]
    let sum = 0
    for (let k = 0; k < found; k++) sum += (b[row * found + k] as number) * (a[k * n + column] as number)
    return one(at) - sum
  })
}
