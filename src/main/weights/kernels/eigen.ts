/** Eigenvalues and eigenvectors (as columns) of a small symmetric matrix, by Jacobi rotations. [n × n] → values [n], vectors [n × n] */
export function eigenSymmetric(matrix: readonly (readonly number[])[]): { readonly values: number[]; readonly vectors: number[][] } {
  const n = matrix.length
  const a = matrix.map((row) => [...row])
  const v = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += at(a, p, q) ** 2
    if (off < 1e-24) break
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q)
  }
  return { values: a.map((row, i) => row[i] as number), vectors: v }
}

const at = (matrix: readonly (readonly number[])[], i: number, j: number): number => (matrix[i] as readonly number[])[j] as number

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = at(a, p, q)
  if (Math.abs(apq) < 1e-300) return
  const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of a) turn(row, p, q, c, s)
  const [rowP, rowQ] = [a[p] as number[], a[q] as number[]]
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k] as number, rowQ[k] as number]
    rowP[k] = c * x - s * y
    rowQ[k] = s * x + c * y
  }
  for (const row of v) turn(row, p, q, c, s)
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] as number, row[q] as number]
  row[p] = c * x - s * y
  row[q] = s * x + c * y
}
