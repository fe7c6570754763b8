import { describe, expect, it } from 'vitest'
import { addGram, addProduct, type Lying } from './products'

const numbers = (length: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase) * (i % 3))
const entry = ({ values, row, column, at = 0 }: Lying, r: number, c: number): number => values[at + r * row + c * column] as number

describe('a product of matrices', () => {
  const sizes = { rows: 300, depth: 261, columns: 530 }
  const straight = (rows: number, columns: number, phase: number): Lying => ({
    values: numbers(rows * columns, phase),
    row: columns,
    column: 1,
  })
  const turned = (rows: number, columns: number, phase: number): Lying => ({ values: numbers(rows * columns, phase), row: 1, column: rows })

  it.each([
    ['of one number', straight, straight, { rows: 1, depth: 1, columns: 1 }],
    ['smaller than a tile', straight, turned, { rows: 3, depth: 5, columns: 7 }],
    ['of whole tiles', turned, straight, { rows: 8, depth: 12, columns: 16 }],
    ['larger than a block on each side', straight, straight, sizes],
    ['of matrices that lie the other way', turned, turned, sizes],
  ] as const)('%s is added to what stands there', (_, left, right, { rows, depth, columns }) => {
    const a = left(rows, depth, 0.3)
    const b = right(depth, columns, 1.1)
    const into = turned(rows, columns, 2)
    const was = Float32Array.from(into.values)
    addProduct(a, b, into, { rows, depth, columns })
    let worst = 0
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let sum = entry({ ...into, values: was }, i, j)
        let size = Math.abs(sum)
        for (let k = 0; k < depth; k++) {
          const term = entry(a, i, k) * entry(b, k, j)
          sum += term
          size += Math.abs(term)
        }
        worst = Math.max(worst, Math.abs(entry(into, i, j) - sum) / Math.max(1, size))
      }
    expect(worst).toBeLessThan(1e-6)
  })

  it('begins where it is told to', () => {
    const into = new Float32Array(6)
    const values = Float32Array.of(9, 9, 1, 2, 3, 4)
    addProduct(
      { values, at: 2, row: 2, column: 1 },
      { values, at: 2, row: 2, column: 1 },
      { values: into, at: 1, row: 2, column: 1 },
      { rows: 2, depth: 2, columns: 2 },
    )
    expect([...into]).toEqual([0, 7, 10, 15, 22, 0])
  })
})

it.each([
  [1, 5],
  [3, 4],
  [4, 7],
  [9, 8],
  [6, 1],
  [5, 600],
  [3, 1100],
])('x·xᵀ of %i rows of %i is added to the upper triangle, and the rest stays', (rows, width) => {
  const values = numbers(rows * width, 0)
  const gram = new Float32Array(width * width).fill(1)
  addGram(values, width, gram)
  let worst = 0
  for (let i = 0; i < width; i++)
    for (let j = i; j < width; j++) {
      let sum = 1
      for (let r = 0; r < rows; r++) sum += (values[r * width + i] as number) * (values[r * width + j] as number)
      worst = Math.max(worst, Math.abs((gram[i * width + j] as number) - sum))
    }
  expect(worst).toBeLessThan(1e-5)
  expect(gram.every((value, at) => at % width >= Math.floor(at / width) || value === 1)).toBe(true)
})
