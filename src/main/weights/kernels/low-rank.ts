import { addExactProduct } from '../../../shared/wasm/exact-products'
import { randomOf } from '../search/search'
import { eigenSymmetric } from './eigen'

export interface LowRankAsked {
  /** most rank; at least 1 */
  readonly rank: number
  /** the share of the sum of squares that is enough, in 0..1: with 1 the rank is used up where it must be */
  readonly energy: number
  readonly seed: number
}

/** b·a is the matrix, nearly. */
export interface LowRank {
  readonly rank: number
  /** [rank × columns] */
  readonly a: Float32Array
  /** [rows × rank] */
  readonly b: Float32Array
  /** sum of squares of the matrix, and of what a and b keep of it */
  readonly total: number
  readonly kept: number
}

const spare = 8
const rounds = 2

/**
 * The best approximation of a matrix by one of low rank, each factor with the root of the singular values. matrix [rows × columns], row-major; not touched.
 * The rank is the least whose squared singular values reach `energy` of all, at most `rank`; 0 for a matrix of zeros. Exact where `rank` + 8 reaches the smaller
 * side, else by random projection with two rounds of refinement (Halko et al. 2011, arXiv:0909.4061), the same for the same seed.
 */
export function lowRank(matrix: Float32Array, rows: number, columns: number, { rank, energy, seed }: LowRankAsked): LowRank {
  const total = matrix.reduce((sum, value) => sum + value * value, 0)
  const most = Math.min(rank, rows, columns)
  if (total === 0 || most < 1) return { rank: 0, a: new Float32Array(0), b: new Float32Array(0), total, kept: 0 }
  const width = Math.min(most + spare, rows, columns)
  const basis = rangeOf(matrix, rows, columns, width, seed)
  const inner = times(basis, matrix, width, rows, columns)
  const gram = Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (_, j) => dot(inner, i * columns, inner, j * columns, columns)),
  )
  // scaled to one, so that the rotations end at the same relative size whatever the matrix is measured in
  const { values, vectors } = eigenSymmetric(gram.map((row) => row.map((value) => value / total)))
  const order = values.map((_, i) => i).sort((x, y) => (values[y] as number) - (values[x] as number))
  let kept = 0
  let count = 0
  while (count < most && kept < energy * total * (1 - 1e-12)) {
    const square = Math.max(0, values[order[count] as number] as number) * total
    if (square <= 1e-14 * total) break
    kept += square
    count++
  }
  const a = new Float32Array(count * columns)
  const b = new Float32Array(rows * count)
  for (let k = 0; k < count; k++) {
    const from = order[k] as number
    // of a singular value σ: a gets √σ·v = (uᵀ·matrix)/√σ, b gets √σ·u
    const root = ((values[from] as number) * total) ** 0.25
    for (let q = 0; q < width; q++) {
      const share = vectors[q]?.[from] as number
      for (let i = 0; i < columns; i++)
        a[k * columns + i] = (a[k * columns + i] as number) + (share / root) * (inner[q * columns + i] as number)
      for (let i = 0; i < rows; i++) b[i * count + k] = (b[i * count + k] as number) + share * root * (basis[q * rows + i] as number)
    }
  }
  return { rank: count, a, b, total, kept: Math.min(total, kept) }
}

/** `width` orthonormal rows [width × rows] that span nearly all of what the matrix can give. */
function rangeOf(matrix: Float32Array, rows: number, columns: number, width: number, seed: number): Float64Array {
  const { normal } = randomOf(seed)
  let basis: Float64Array
  if (width === rows) {
    basis = new Float64Array(rows * rows)
    for (let i = 0; i < rows; i++) basis[i * rows + i] = 1
    return basis
  }
  let probe = Float64Array.from({ length: width * columns }, normal)
  basis = orthonormal(timesTurned(probe, matrix, width, rows, columns), width, rows)
  for (let round = 0; round < rounds; round++) {
    probe = orthonormal(times(basis, matrix, width, rows, columns), width, columns)
    basis = orthonormal(timesTurned(probe, matrix, width, rows, columns), width, rows)
  }
  return basis
}

/** left [width × rows] · matrix [rows × columns] */
function times(left: Float64Array, matrix: Float32Array, width: number, rows: number, columns: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(width * columns)
  addExactProduct(
    { values: left, row: rows, column: 1 },
    { values: matrix, row: columns, column: 1 },
    { values: product, row: columns, column: 1 },
    {
      rows: width,
      depth: rows,
      columns,
    },
  )
  return product
}

/** left [width × columns] · matrixᵀ [columns × rows] */
function timesTurned(left: Float64Array, matrix: Float32Array, width: number, rows: number, columns: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(width * rows)
  addExactProduct(
    { values: left, row: columns, column: 1 },
    { values: matrix, row: 1, column: columns },
    { values: product, row: rows, column: 1 },
    {
      rows: width,
      depth: columns,
      columns: rows,
    },
  )
  return product
}

function dot(x: ArrayLike<number>, fromX: number, y: ArrayLike<number>, fromY: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += (x[fromX + i] as number) * (y[fromY + i] as number)
  return sum
}

/** Gram and Schmidt, twice for accuracy; a row that the earlier ones span already becomes zero. In place. */
function orthonormal(rows: Float64Array<ArrayBuffer>, count: number, length: number): Float64Array<ArrayBuffer> {
  for (let k = 0; k < count; k++) {
    const at = k * length
    const before = Math.sqrt(dot(rows, at, rows, at, length))
    for (let again = 0; again < 2; again++)
      for (let j = 0; j < k; j++) {
        const share = dot(rows, at, rows, j * length, length)
        for (let i = 0; i < length; i++) rows[at + i] = (rows[at + i] as number) - share * (rows[j * length + i] as number)
      }
    const size = Math.sqrt(dot(rows, at, rows, at, length))
    for (let i = 0; i < length; i++) rows[at + i] = size > 1e-10 * before ? (rows[at + i] as number) / size : 0
  }
  return rows
}
