import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cholesky, solveCholesky, solveRows } from './cholesky'
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

/** A positive definite matrix [n × n]. */
function positive(seed: number, n: number): Float64Array {
  const a = gramOf(seed, n + 3, n)
  for (let i = 0; i < n; i++) a[i * n + i] = (a[i * n + i] as number) + 1
  return a
}

/** The factor by three plain loops. */
function plainFactor(a: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(a)
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = l[i * n + j] as number
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[j * n + k] as number)
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / (l[j * n + j] as number)
    }
  return l
}

/** What stands above the diagonal belongs to nobody. */
const lowerOf = (l: Float64Array, n: number): Float64Array => l.map((value, at) => (at % n > Math.floor(at / n) ? 0 : value))

test.each([1, 5, 31, 32, 33, 64, 77, 130])(
  'a factor of %i columns has the bits of three plain loops, and many rows those of each alone',
  (n) => {
    const a = positive(n, n)
    const l = cholesky(a, n) as Float64Array
    expect(lowerOf(l, n)).toEqual(lowerOf(plainFactor(a, n), n))
    const rows = numbers(n + 1, 7 * n)
    const together = Float64Array.from(rows)
    solveRows(l, n, together)
    for (let start = 0; start < rows.length; start += n) {
      const alone = rows.slice(start, start + n)
      solveCholesky(l, n, alone)
      expect(together.subarray(start, start + n)).toEqual(alone)
    }
  },
)

test('what is solved gives the right side again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1e6 }), (n, seed) => {
      const a = positive(seed, n)
      const right = numbers(seed + 1, 3 * n)
      const solved = Float64Array.from(right)
      solveRows(cholesky(a, n) as Float64Array, n, solved)
      for (let at = 0; at < right.length; at++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += (a[(at % n) * n + j] as number) * (solved[at - (at % n) + j] as number)
        expect(sum).toBeCloseTo(right[at] as number, 9)
      }
    }),
    { numRuns: 40 },
  )
})

test('the matrix that is not positive definite is told', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined()
})

test('rows together or alone are the same, and equal models stay as they are', () => {
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
  expect(same).toEqual(values[0])
})
