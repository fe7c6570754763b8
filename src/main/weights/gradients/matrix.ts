/** Products of a matrix W [m × n] (rows = outputs) with T rows of n, forward and backward. Sums in float64, rounded on store. */

/** y[t] = W·x[t]. x [T × n] → [T × m] */
export function multiply(w: Float32Array, x: Float32Array, n: number): Float32Array {
  const m = w.length / n
  const rows = x.length / n
  const y = new Float32Array(rows * m)
  for (let o = 0; o < m; o++) {
    const weights = w.subarray(o * n, (o + 1) * n)
    for (let t = 0; t < rows; t++) y[t * m + o] = dotAt(weights, x, t * n, n)
  }
  return y
}

function dotAt(w: Float32Array, x: Float32Array, start: number, n: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let i = 0
  for (; i + 3 < n; i += 4) {
    a += (w[i] as number) * (x[start + i] as number)
    b += (w[i + 1] as number) * (x[start + i + 1] as number)
    c += (w[i + 2] as number) * (x[start + i + 2] as number)
    d += (w[i + 3] as number) * (x[start + i + 3] as number)
  }
  for (; i < n; i++) a += (w[i] as number) * (x[start + i] as number)
  return a + b + c + d
}

/** Given dy [T × m]: adds Wᵀ·dy to `dx` [T × n] and dyᵀ·x to `dw` [m × n]. */
export function multiplyBack(w: Float32Array, x: Float32Array, n: number, dy: Float32Array, dx: Float32Array, dw: Float32Array): void {
  const m = w.length / n
  const rows = x.length / n
  for (let o = 0; o < m; o++) {
    const weights = w.subarray(o * n, (o + 1) * n)
    const slopes = dw.subarray(o * n, (o + 1) * n)
    for (let t = 0; t < rows; t++) {
      const slope = dy[t * m + o] as number
      if (slope === 0) continue
      const start = t * n
      for (let i = 0; i < n; i++) {
        dx[start + i] = (dx[start + i] as number) + slope * (weights[i] as number)
        slopes[i] = (slopes[i] as number) + slope * (x[start + i] as number)
      }
    }
  }
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
