/**
 * A symmetric positive definite matrix A [n × n] as L·Lᵀ, L lower, in place of a copy; undefined when A is not positive definite. Four rows at a time: each
 * sum waits for its last addition, and four of them wait together.
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = Float64Array.from(a)
  for (let j = 0; j < n; j++) {
    const rowJ = j * n
    let pivot = l[rowJ + j] as number
    for (let k = 0; k < j; k++) pivot -= (l[rowJ + k] as number) ** 2
    if (!(pivot > 0)) return undefined
    const root = Math.sqrt(pivot)
    l[rowJ + j] = root
    let i = j + 1
    for (; i + 4 <= n; i += 4) {
      const [r0, r1, r2, r3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n]
      let s0 = l[r0 + j] as number
      let s1 = l[r1 + j] as number
      let s2 = l[r2 + j] as number
      let s3 = l[r3 + j] as number
      for (let k = 0; k < j; k++) {
        const x = l[rowJ + k] as number
        s0 -= (l[r0 + k] as number) * x
        s1 -= (l[r1 + k] as number) * x
        s2 -= (l[r2 + k] as number) * x
        s3 -= (l[r3 + k] as number) * x
      }
      l[r0 + j] = s0 / root
      l[r1 + j] = s1 / root
      l[r2 + j] = s2 / root
      l[r3 + j] = s3 / root
    }
    for (; i < n; i++) {
      let sum = l[i * n + j] as number
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[rowJ + k] as number)
      l[i * n + j] = sum / root
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

/** Four systems with one L at once, in place: entry k of system r is b[4k + r]. b [4n] */
export function solveCholeskyOfFour(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let s0 = b[4 * i] as number
    let s1 = b[4 * i + 1] as number
    let s2 = b[4 * i + 2] as number
    let s3 = b[4 * i + 3] as number
    const row = i * n
    for (let k = 0; k < i; k++) {
      const x = l[row + k] as number
      s0 -= x * (b[4 * k] as number)
      s1 -= x * (b[4 * k + 1] as number)
      s2 -= x * (b[4 * k + 2] as number)
      s3 -= x * (b[4 * k + 3] as number)
    }
    const diagonal = l[row + i] as number
    b[4 * i] = s0 / diagonal
    b[4 * i + 1] = s1 / diagonal
    b[4 * i + 2] = s2 / diagonal
    b[4 * i + 3] = s3 / diagonal
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n
    const diagonal = l[row + i] as number
    const x0 = (b[4 * i] as number) / diagonal
    const x1 = (b[4 * i + 1] as number) / diagonal
    const x2 = (b[4 * i + 2] as number) / diagonal
    const x3 = (b[4 * i + 3] as number) / diagonal
    b[4 * i] = x0
    b[4 * i + 1] = x1
    b[4 * i + 2] = x2
    b[4 * i + 3] = x3
    for (let k = 0; k < i; k++) {
      const x = l[row + k] as number
      b[4 * k] = (b[4 * k] as number) - x * x0
      b[4 * k + 1] = (b[4 * k + 1] as number) - x * x1
      b[4 * k + 2] = (b[4 * k + 2] as number) - x * x2
      b[4 * k + 3] = (b[4 * k + 3] as number) - x * x3
    }
  }
}
