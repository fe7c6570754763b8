import { describe, expect, it } from 'vitest'
import { randomOf } from '../search/search'
import { type LowRank, lowRank } from './low-rank'

const asked = { rank: 4, energy: 1, seed: 1 }

function product({ a, b, rank }: LowRank, rows: number, columns: number): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let k = 0; k < rank; k++) sum += (b[r * rank + k] as number) * (a[k * columns + c] as number)
    return sum
  })
}
const random = (length: number, seed: number): Float32Array => {
  const { normal } = randomOf(seed)
  return Float32Array.from({ length }, normal)
}

describe('a low-rank approximation', () => {
  it('of a diagonal keeps the largest entries: singular values by hand', () => {
    const found = lowRank(Float32Array.of(3, 0, 0, 0, 2, 0, 0, 0, 1), 3, 3, { ...asked, rank: 2 })
    expect([found.rank, found.total]).toEqual([2, 14])
    expect(found.kept).toBeCloseTo(13, 9)
    for (const [i, value] of product(found, 3, 3).entries()) expect(value).toBeCloseTo([3, 0, 0, 0, 2, 0, 0, 0, 0][i] as number, 6)
  })
  it('takes the least rank that reaches the energy asked for', () => {
    const ranks = [0.5, 0.65, 0.93, 1].map((energy) => lowRank(Float32Array.of(3, 0, 0, 0, 2, 0, 0, 0, 1), 3, 3, { ...asked, energy }).rank)
    expect(ranks).toEqual([1, 2, 3, 3])
  })
  it.each([
    [60, 40],
    [40, 60],
    [300, 200],
  ])('of a %i × %i product of rank 3 is that product', (rows, columns) => {
    const [left, right] = [random(rows * 3, 2), random(3 * columns, 3)]
    const whole = Float32Array.from(product({ a: right, b: left, rank: 3, total: 0, kept: 0 }, rows, columns))
    const found = lowRank(whole, rows, columns, { ...asked, rank: 16 })
    expect(found.rank).toBe(3)
    expect(found.kept / found.total).toBeCloseTo(1, 9)
    const again = product(found, rows, columns)
    expect(Math.max(...again.map((value, i) => Math.abs(value - (whole[i] as number))))).toBeLessThan(1e-4)
  })
  it('of noise: the error that it tells is the error that it makes', () => {
    const noise = random(120 * 90, 5)
    const exact = lowRank(noise, 120, 90, { ...asked, rank: 90 })
    expect(exact.kept / exact.total).toBeCloseTo(1, 6)
    const found = lowRank(noise, 120, 90, { ...asked, rank: 10 })
    const error = product(found, 120, 90).reduce((sum, value, i) => sum + (value - (noise[i] as number)) ** 2, 0)
    expect(error).toBeCloseTo(found.total - found.kept, 1)
    expect(found.rank).toBe(10)
  })
  it('of zeros has no rank, and of one row that row', () => {
    expect(lowRank(new Float32Array(6), 2, 3, asked)).toMatchObject({ rank: 0, kept: 0, total: 0 })
    const one = lowRank(Float32Array.of(3, 4), 1, 2, asked)
    expect(one.rank).toBe(1)
    expect(product(one, 1, 2).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([3, 4])
  })
})
