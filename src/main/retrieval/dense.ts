import { type Hit, topK } from './top-k'

/** Vectors of one length in one array, row by row, each of length 1 (or all zero: then it is never found). */
export interface Vectors {
  readonly dimensions: number
  readonly data: Float32Array
}

/** Rows of equal length as one array, each divided by its length; zero rows stay zero. Throws RangeError naming both lengths when they differ. */
export function packVectors(rows: readonly Float32Array[]): Vectors {
  const dimensions = rows[0]?.length ?? 0
  const data = new Float32Array(rows.length * dimensions)
  for (const [index, row] of rows.entries()) {
    if (row.length !== dimensions) throw new RangeError(`vectors of ${dimensions} and of ${row.length} numbers meet in one index`)
    data.set(toUnit(row), index * dimensions)
  }
  return { dimensions, data }
}

/** Exact search by cosine: the `k` best rows for a query of any length > 0, best first. A zero query finds nothing. Throws RangeError when dimensions differ. */
export function searchDense({ dimensions, data }: Vectors, query: Float32Array, k: number): Hit[] {
  const rows = dimensions === 0 ? 0 : data.length / dimensions
  if (rows === 0) return []
  if (query.length !== dimensions) throw new RangeError(`the index has vectors of ${dimensions} numbers, the query has ${query.length}`)
  const unit = toUnit(query)
  if (unit.every((value) => value === 0)) return []
  const scores = new Float32Array(rows)
  for (let row = 0, at = 0; row < rows; row += 1) {
    let sum = 0
    let size = 0
    for (let i = 0; i < dimensions; i += 1, at += 1) {
      const value = data[at]!
      sum += value * unit[i]!
      size += Math.abs(value)
    }
    scores[row] = size === 0 ? Number.NaN : sum
  }
  return topK(scores, k)
}

export function toUnit(vector: Float32Array): Float32Array {
  let square = 0
  for (const value of vector) square += value * value
  return square === 0 ? vector.slice() : vector.map((value) => value / Math.sqrt(square))
}

/** Cosine of two vectors of equal length, -1 to 1; 0 when one is zero. Throws RangeError when lengths differ. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and of ${b.length} numbers cannot be compared`)
  const [x, y] = [toUnit(a), toUnit(b)]
  return x.reduce((sum, value, index) => sum + value * y[index]!, 0)
}
