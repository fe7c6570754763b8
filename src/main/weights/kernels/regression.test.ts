import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cholesky, solveCholesky, solveCholeskyOfFour } from './cholesky'
import { regressionOf } from './regression'

const numbers = (seed: number, count: number): Float64Array => {
  let state = seed >>> 0 || 1
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** XᵀX [n × n] of `rows` rows */
function gramOf(seed: number, rows: number, n: number): Float64Array {
  const x = numbers(seed, rows * n)
  return Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0
    for (let r = 0; r < rows; r++) sum += (x[r * n + Math.floor(at / n)] as number) * (x[r * n + (at % n)] as number)
    return sum
  })
}

test('L·Lᵀ is the matrix, and what is solved gives the right side again, alone and four at once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 1, max: 1e6 }), (n, seed) => {
      const a = gramOf(seed, n + 3, n)
      for (let i = 0; i < n; i++) a[i * n + i] = (a[i * n + i] as number) + 1
      const l = cholesky(a, n) as Float64Array
      const four = numbers(seed + 1, 4 * n)
      const solved = Float64Array.from(four)
      solveCholeskyOfFour(l, n, solved)
      for (let r = 0; r < 4; r++) {
        const b = Float64Array.from({ length: n }, (_, k) => four[4 * k + r] as number)
        const x = Float64Array.from(b)
        solveCholesky(l, n, x)
        for (let i = 0; i < n; i++) {
          let sum = 0
          for (let j = 0; j < n; j++) sum += (a[i * n + j] as number) * (x[j] as number)
          expect(sum).toBeCloseTo(b[i] as number, 9)
          expect(solved[4 * i + r]).toBeCloseTo(x[i] as number, 12)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('the matrix that is not positive definite is told', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined()
})

test('rows in fours or alone are the same, and what no model sees stays where all agree', () => {
  const n = 9
  const grams = [gramOf(3, 4, n), gramOf(5, 6, n)].map((gram) => Float32Array.from(gram))
  const values = [numbers(7, 7 * n), numbers(11, 7 * n)].map((rows) => Float32Array.from(rows))
  const regression = regressionOf(grams, [1, 2], n, 0.9)
  const together = new Float32Array(7 * n)
  regression?.solve(values, together)
  for (let row = 0; row < 7; row++) {
    const alone = new Float32Array(n)
    regression?.solve(
      values.map((rows) => rows.subarray(row * n, (row + 1) * n)),
      alone,
    )
    expect(alone).toEqual(together.subarray(row * n, (row + 1) * n))
  }
  const same = new Float32Array(7 * n)
  regression?.solve([values[0] as Float32Array, values[0] as Float32Array], same)
  for (let i = 0; i < same.length; i++) expect(same[i]).toBeCloseTo(values[0]?.[i] as number, 5)
})
