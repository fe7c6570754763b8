import { addProduct } from '../../../shared/wasm/products'

/** Products of a matrix W [m × n] (rows = outputs) with T rows of n, forward and backward, in float32. */

/** y[t] = W·x[t]. x [T × n] → [T × m] */
export function multiply(w: Float32Array, x: Float32Array, n: number): Float32Array {
  const [m, rows] = [w.length / n, x.length / n]
  const y = new Float32Array(rows * m)
  // W leads: it is read once, the other side again and again
  addProduct(
    { values: w, row: n, column: 1 },
    { values: x, row: 1, column: n },
    { values: y, row: 1, column: m },
    { rows: m, depth: n, columns: rows },
  )
  return y
}

/** Given dy [T × m]: adds Wᵀ·dy to `dx` [T × n]. */
export function addSlopes(w: Float32Array, n: number, dy: Float32Array, dx: Float32Array): void {
  const [m, rows] = [w.length / n, dx.length / n]
  addProduct(
    { values: dy, row: m, column: 1 },
    { values: w, row: n, column: 1 },
    { values: dx, row: n, column: 1 },
    { rows, depth: m, columns: n },
  )
}

/** The slopes of rows `from` to `to` of W, dyᵀ·x: [(to − from) × n]. */
export function slopesOf(x: Float32Array, n: number, dy: Float32Array, from: number, to: number): Float32Array {
  const rows = x.length / n
  const m = dy.length / rows
  const dw = new Float32Array((to - from) * n)
  addProduct(
    { values: dy, at: from, row: 1, column: m },
    { values: x, row: n, column: 1 },
    { values: dw, row: n, column: 1 },
    { rows: to - from, depth: rows, columns: n },
  )
  return dw
}

/** A row of logits becomes probabilities. */
export function softmax(row: Float32Array): void {
  let largest = -Infinity
  for (const value of row) if (value > largest) largest = value
  let total = 0
  for (let i = 0; i < row.length; i++) {
    row[i] = Math.exp((row[i] as number) - largest)
    total += row[i] as number
  }
  for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / total
}
