/** A symmetric positive definite matrix A [n × n] as L·Lᵀ, L lower, in place of a copy; undefined when A is not positive definite. */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a)
  for (let j = 0; j < n; j++) {
    let pivot = l[j * n + j] as number
    for (let k = 0; k < j; k++) pivot -= (l[j * n + k] as number) ** 2
    if (!(pivot > 0)) return undefined
    const root = Math.sqrt(pivot)
    l[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = l[i * n + j] as number
      const [rowI, rowJ] = [i * n, j * n]
      for (let k = 0; k < j; k++) sum -= (l[rowI + k] as number) * (l[rowJ + k] as number)
      l[i * n + j] = sum / root
    }
  }
  return l
}

/** Solves L·Lᵀ·x = b in place. b [n] */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number
    for (let k = 0; k < i; k++) sum -= (l[i * n + k] as number) * (b[k] as number)
    b[i] = sum / (l[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number
    for (let k = i + 1; k < n; k++) sum -= (l[k * n + i] as number) * (b[k] as number)
    b[i] = sum / (l[i * n + i] as number)
  }
}
