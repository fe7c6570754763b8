import { expect, it } from 'vitest'
import { assign, sinkhorn } from './assignment'

const matrix = (n: number, seed: number): Float64Array => {
  let state = seed
  return Float64Array.from({ length: n * n }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  })
}
const total = (gain: Float64Array, n: number, columns: readonly number[]): number =>
  columns.reduce((sum, column, row) => sum + (gain[row * n + column] as number), 0)

function* permutations(rest: readonly number[]): Generator<number[]> {
  if (rest.length === 0) yield []
  for (const [i, one] of rest.entries()) for (const tail of permutations([...rest.slice(0, i), ...rest.slice(i + 1)])) yield [one, ...tail]
}

it('is the best of all assignments', () => {
  for (let seed = 1; seed < 30; seed++) {
    const gain = matrix(5, seed)
    const best = Math.max(...[...permutations([0, 1, 2, 3, 4])].map((columns) => total(gain, 5, columns)))
    expect(total(gain, 5, assign(gain, 5))).toBeCloseTo(best, 9)
  }
})

it('of nothing to gain is the identity, and one unit is itself', () => {
  expect(assign(new Float64Array(16), 4)).toEqual([0, 1, 2, 3])
  expect(assign(Float64Array.of(-3), 1)).toEqual([0])
})

it('Sinkhorn: rows and columns sum to one, and a low temperature gives the assignment', () => {
  const gain = matrix(6, 3)
  const soft = sinkhorn(gain, 6, 0.05, 5000)
  for (let i = 0; i < 6; i++) {
    expect(soft.subarray(i * 6, i * 6 + 6).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    expect([0, 1, 2, 3, 4, 5].reduce((sum, row) => sum + (soft[row * 6 + i] as number), 0)).toBeCloseTo(1, 5)
  }
  expect(assign(sinkhorn(gain, 6, 0.002, 5000), 6)).toEqual(assign(gain, 6))
})
