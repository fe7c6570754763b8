import { describe, expect, it } from 'vitest'
import { addExactProduct, addPlainProduct } from './exact-products'
import type { Lying, Numbers } from './packing'

const numbers = (length: number, phase: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase) * 10 ** ((i % 7) - 3))
const straight = <T extends Numbers>(values: T, columns: number): Lying<T> => ({ values, row: columns, column: 1 })
const turned = <T extends Numbers>(values: T, rows: number): Lying<T> => ({ values, row: 1, column: rows })
const backwards = (values: Float64Array, columns: number): Lying => ({ values, at: columns - 1, row: columns, column: -1 })

describe('an exact product of matrices', () => {
  it.each([
    ['of one number', { rows: 1, depth: 1, columns: 1 }],
    ['smaller than a tile', { rows: 3, depth: 5, columns: 2 }],
    ['without depth', { rows: 3, depth: 0, columns: 2 }],
    ['larger than a block on each side', { rows: 131, depth: 259, columns: 263 }],
    ['that is taken away', { rows: 9, depth: 261, columns: 7, minus: true }],
  ] as const)('%s has the bits of plain loops', (_, asked) => {
    const { rows, depth, columns } = asked
    const [a, b, into] = [numbers(rows * depth, 0.3), numbers(depth * columns, 1.1), numbers(rows * columns, 2)]
    const cases: [Lying, Lying, (values: Float64Array) => Lying<Float64Array>][] = [
      [straight(a, depth), straight(b, columns), (values) => straight(values, columns)],
      [turned(Float32Array.from(a), rows), turned(Float32Array.from(b), depth), (values) => turned(values, rows)],
      [backwards(a, depth), straight(b, columns), (values) => straight(values, columns)],
    ]
    for (const [left, right, lying] of cases) {
      const [fast, plain] = [Float64Array.from(into), Float64Array.from(into)]
      addExactProduct(left, right, lying(fast), asked)
      addPlainProduct(left, right, lying(plain), asked)
      expect(fast).toEqual(plain)
      // and they are what a sum in order is
      let sum = into[0] as number
      for (let k = 0; k < depth; k++) {
        const term = (left.values[(left.at ?? 0) + k * left.column] as number) * (right.values[k * right.row] as number)
        sum = 'minus' in asked ? sum - term : sum + term
      }
      expect(fast[0]).toBe(sum)
    }
  })

  it('of an upper triangle is told from the diagonal on', () => {
    const [n, depth] = [300, 40]
    const a = numbers(n * depth, 0.7)
    const [fast, plain] = [new Float64Array(n * n), new Float64Array(n * n)]
    const asked = { rows: n, depth, columns: n, upper: true }
    addExactProduct(straight(a, depth), turned(a, depth), straight(fast, n), asked)
    addPlainProduct(straight(a, depth), turned(a, depth), straight(plain, n), asked)
    for (let i = 0; i < n; i++) expect(fast.subarray(i * n + i, (i + 1) * n)).toEqual(plain.subarray(i * n + i, (i + 1) * n))
  })

  it('begins where it is told to', () => {
    const into = new Float64Array(6)
    const values = Float64Array.of(9, 9, 1, 2, 3, 4)
    const square = { values, at: 2, row: 2, column: 1 }
    addExactProduct(square, square, { values: into, at: 1, row: 2, column: 1 }, { rows: 2, depth: 2, columns: 2 })
    expect([...into]).toEqual([0, 7, 10, 15, 22, 0])
  })
})
