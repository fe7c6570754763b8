import { addExactProduct } from '../../../shared/wasm/exact-products'

/** Columns that are told one by one; what lies before and behind them goes by products of blocks, which vectors take. */
const side = 32

/**
 * A symmetric positive definite matrix A [n × n] as L·Lᵀ, L lower, in place of a copy; undefined when A is not positive definite. Block by block, each sum in the order
 * of its terms, so that every bit is that of the plain three loops.
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a)
  for (let first = 0; first < n; first += side) {
    const last = Math.min(n, first + side)
    // what the columns before take from these, in the rows from the diagonal on
    addExactProduct(
      { values: l, at: first * n, row: n, column: 1 },
      { values: l.slice(first * n, last * n), row: 1, column: n },
      { values: l, at: first * n + first, row: n, column: 1 },
      { rows: n - first, depth: first, columns: last - first, minus: true },
    )
    for (let j = first; j < last; j++) {
      const rowJ = j * n
      let pivot = l[rowJ + j] as number
      for (let k = first; k < j; k++) pivot -= (l[rowJ + k] as number) ** 2
      if (!(pivot > 0)) return undefined
      const root = Math.sqrt(pivot)
      l[rowJ + j] = root
      for (let i = j + 1; i < n; i++) {
        let sum = l[i * n + j] as number
        for (let k = first; k < j; k++) sum -= (l[i * n + k] as number) * (l[rowJ + k] as number)
        l[i * n + j] = sum / root
      }
    }
  }
  return l
}

/** Solves L·Lᵀ·x = b in place. b [n]. L is read along its rows both ways: a column of a large one is in no cache. */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number
    for (let k = 0; k < i; k++) sum -= (l[i * n + k] as number) * (b[k] as number)
    b[i] = sum / (l[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] as number) / (l[i * n + i] as number)
    b[i] = x
    for (let k = 0; k < i; k++) b[k] = (b[k] as number) - (l[i * n + k] as number) * x
  }
}

/** Many systems with one L, in place, one a row: rows [count × n]. The bits of `solveCholesky` on each row. */
export function solveRows(l: Float64Array, n: number, rows: Float64Array): void {
  const count = rows.length / n
  for (let first = 0; first < n; first += side) {
    const last = Math.min(n, first + side)
    takeAway(rows, n, { first, last, from: 0, depth: first, step: 1 }, { values: l, at: first * n, row: 1, column: n })
    for (let start = 0; start < rows.length; start += n)
      for (let i = first; i < last; i++) {
        let sum = rows[start + i] as number
        for (let k = first; k < i; k++) sum -= (l[i * n + k] as number) * (rows[start + k] as number)
        rows[start + i] = sum / (l[i * n + i] as number)
      }
  }
  for (let first = (Math.ceil(n / side) - 1) * side; first >= 0; first -= side) {
    const last = Math.min(n, first + side)
    // from the last column downwards
    takeAway(rows, n, { first, last, from: n - 1, depth: n - last, step: -1 }, { values: l, at: (n - 1) * n + first, row: -n, column: 1 })
    for (let start = 0; start < count * n; start += n)
      for (let i = last - 1; i >= first; i--) {
        const x = (rows[start + i] as number) / (l[i * n + i] as number)
        rows[start + i] = x
        for (let k = first; k < i; k++) rows[start + k] = (rows[start + k] as number) - (l[i * n + k] as number) * x
      }
  }
}

/** Takes from columns first … last what `depth` other columns, from `from` on in steps of `step`, put into them by `factors`. */
function takeAway(
  rows: Float64Array,
  n: number,
  {
    first,
    last,
    from,
    depth,
    step,
  }: { readonly first: number; readonly last: number; readonly from: number; readonly depth: number; readonly step: 1 | -1 },
  factors: Parameters<typeof addExactProduct>[1],
): void {
  if (depth === 0) return
  addExactProduct(
    { values: rows, at: from, row: n, column: step },
    factors,
    { values: rows, at: first, row: n, column: 1 },
    {
      rows: rows.length / n,
      depth,
      columns: last - first,
      minus: true,
    },
  )
}
