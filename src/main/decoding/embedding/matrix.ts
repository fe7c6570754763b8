/** Small dense matrices, row after row in one array: what aligning two tables of embeddings needs, and no more. */

/** rows of unit length, in place; a row of zeros stays. table [n × width] */
export function toUnitRows(table: Float32Array, width: number): void {
  for (let start = 0; start < table.length; start += width) {
    let square = 0
    for (let j = start; j < start + width; j++) square += (table[j] as number) ** 2
    const factor = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let j = start; j < start + width; j++) table[j] = (table[j] as number) * factor
  }
}

/** The mean row. table [n × width] → [width] */
export function meanRow(table: Float32Array, width: number): Float32Array {
  const sum = new Float64Array(width)
  const rows = table.length / width
  for (let start = 0; start < table.length; start += width)
    for (let j = 0; j < width; j++) sum[j] = (sum[j] as number) + (table[start + j] as number)
  return Float32Array.from(sum, (x) => x / rows)
}

/** row − mean for every row, in place */
export function subtractRow(table: Float32Array, mean: ArrayLike<number>): void {
  const width = mean.length
  for (let start = 0; start < table.length; start += width)
    for (let j = 0; j < width; j++) table[start + j] = (table[start + j] as number) - (mean[j] as number)
}

/** a·b. a [n × k], b [k × m] → [n × m] */
export function product(a: ArrayLike<number>, b: ArrayLike<number>, k: number, m: number): Float64Array {
  const n = a.length / k
  const out = new Float64Array(n * m)
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) {
      const x = a[i * k + l] as number
      if (x === 0) continue
      for (let j = 0; j < m; j++) out[i * m + j] = (out[i * m + j] as number) + x * (b[l * m + j] as number)
    }
  return out
}

export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j] as number
  return out
}

/** table · x for a vector x. table [n × width], x [width] → out [n] */
export function timesVector(table: Float32Array, x: Float32Array, out: Float32Array): void {
  const width = x.length
  const whole = width - (width % 4)
  for (let row = 0, at = 0; row < out.length; row++, at += width) {
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let j = 0; j < whole; j += 4) {
      a += (table[at + j] as number) * (x[j] as number)
      b += (table[at + j + 1] as number) * (x[j + 1] as number)
      c += (table[at + j + 2] as number) * (x[j + 2] as number)
      d += (table[at + j + 3] as number) * (x[j + 3] as number)
    }
    for (let j = whole; j < width; j++) a += (table[at + j] as number) * (x[j] as number)
    out[row] = a + b + c + d
  }
}

/**
 * The orthogonal matrix nearest to a square one (its polar factor U·Vᵀ), by Newton and Schulz' iteration: what turns one table onto another
 * with the least error when given aᵀ·b (Procrustes). A singular direction of no length has no turn: it maps to nothing.
 */
export function orthogonalFactor(matrix: Float64Array, n: number): Float64Array {
  let norm = 0
  for (const x of matrix) norm += x * x
  let turn: Float64Array = matrix.map((x) => x / (Math.sqrt(norm) || 1))
  for (let round = 0; round < 100; round++) {
    const square = product(transpose(turn, n, n), turn, n, n)
    const next = product(
      turn,
      square.map((x, i) => (i % (n + 1) === 0 ? 1.5 : 0) - 0.5 * x),
      n,
      n,
    )
    const change = next.reduce((most, x, i) => Math.max(most, Math.abs(x - (turn[i] as number))), 0)
    turn = next
    if (change < 1e-12) break
  }
  return turn
}

/** The `count` directions in which the rows of a table spread most, as columns, by orthogonal iteration. gram [n × n], symmetric → [n × count] */
export function principalDirections(gram: Float64Array, n: number, count: number): Float64Array {
  let basis: Float64Array = new Float64Array(n * count)
  for (let i = 0; i < n; i++) for (let j = 0; j < count; j++) basis[i * count + j] = Math.sin(1 + i * 12.9898 + j * 78.233)
  orthonormalise(basis, n, count)
  for (let round = 0; round < 12; round++) {
    basis = product(gram, basis, n, count)
    orthonormalise(basis, n, count)
  }
  return basis
}

/** Columns made orthogonal and of unit length, in place (Gram and Schmidt, modified). [n × count] */
function orthonormalise(basis: Float64Array, n: number, count: number): void {
  const columns = Array.from({ length: count }, (_, j) => Float64Array.from({ length: n }, (_, i) => basis[i * count + j] as number))
  columns.forEach((column, j) => {
    for (let k = 0; k < j; k++) {
      const before = columns[k] as Float64Array
      let along = 0
      for (let i = 0; i < n; i++) along += (column[i] as number) * (before[i] as number)
      for (let i = 0; i < n; i++) column[i] = (column[i] as number) - along * (before[i] as number)
    }
    const length = Math.hypot(...column)
    for (let i = 0; i < n; i++) {
      column[i] = length > 0 ? (column[i] as number) / length : 0
      basis[i * count + j] = column[i] as number
    }
  })
}
