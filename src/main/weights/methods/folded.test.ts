import { describe, expect, it } from 'vitest'
import { weightsCatalog } from '../catalog'
import { mergeInMemory } from '../in-memory'
import { ridgeMap } from '../kernels/ridge'
import type { AnyMethod } from '../method'
import { ratesOf } from '../pruners/dppa'
import { randomOf } from '../search/search'
import { base, distance, matrix, merged, minus, one, pruned, rowsOf, tableOf } from '../testing/fixture'

const array = (quantity: string, ...values: number[]) => ({ [`${matrix}.${quantity}`]: values })

describe('an adapter', () => {
  const statistics = [{ ...array('loraA', 1, 0, 2), ...array('loraB', 0.5, -1) }]
  it('adds B·A times its scale', () => {
    expect(
      distance(rowsOf(merged('lora', [one], { statistics })), [
        [1.9, -2.1, 1.5],
        [-1.3, 3.6, -3.2],
      ]),
    ).toBeLessThan(1e-6)
    expect(rowsOf(merged('lora', [one], { statistics, params: { scale: 0 } }))).toEqual(rowsOf(merged('passthrough', [one])))
  })
  it('leaves matrices alone that it does not have, and refuses another shape', () => {
    expect(rowsOf(merged('lora', [one], { statistics: [{ 'blk.9.x.weight.loraA': [1] }] }))).toEqual(rowsOf(merged('passthrough', [one])))
    expect(() => merged('lora', [one], { statistics: [{ ...array('loraA', 1, 0), ...array('loraB', 1, 1) }] })).toThrow(/another shape/)
  })
})

describe('repair', () => {
  it('multiplies rows by their factors', () => {
    const [top, bottom] = rowsOf(merged('repair', [one], { statistics: [array('scale', 2, 0.5)] }))
    expect(
      distance(
        [top ?? [], bottom ?? []],
        [
          [2.8, -4.2, 1],
          [-0.15, 1.8, -0.6],
        ],
      ),
    ).toBeLessThan(1e-6)
    expect(() => merged('repair', [one], { statistics: [array('scale', 2)] })).toThrow(/another shape/)
  })
  it('adds to a bias what keeps the mean, and refuses one of another length', () => {
    const bias = (shift: number[]) => {
      const table = tableOf({ 'blk.0.attn_q.bias.shift': shift })
      const weights = new Map([['blk.0.attn_q.bias', { shape: [3], data: Float32Array.of(1, 2, 3) }]])
      return [
        ...(mergeInMemory(weightsCatalog().method('repair') as AnyMethod, { models: [{ weights, statistics: table }] }).get(
          'blk.0.attn_q.bias',
        )?.data ?? []),
      ]
    }
    expect(bias([0.5, -1, 0])).toEqual([1.5, 1, 3])
    expect(() => bias([1])).toThrow(/another shape/)
  })
})

describe('surgery', () => {
  it('puts the map between matrix and input', () => {
    const swap = array('map', 0, 1, 0, 1, 0, 0, 0, 0, 1)
    expect(
      distance(rowsOf(merged('surgery', [one], { statistics: [swap] })), [
        [-2.1, 1.4, 0.5],
        [3.6, -0.3, -1.2],
      ]),
    ).toBeLessThan(1e-6)
  })
  it('recovers a linear distortion exactly, and does nothing where there is none', () => {
    const { normal } = randomOf(7)
    const [n, rows] = [5, 60]
    const z = Float32Array.from({ length: n * rows }, normal)
    const truth = Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0) + 0.3 * normal())
    const times = (m: Float32Array): Float32Array =>
      Float32Array.from({ length: n * rows }, (_, at) => {
        const [row, i] = [Math.floor(at / n), at % n]
        return Array.from({ length: n }, (_, j) => (m[i * n + j] as number) * (z[row * n + j] as number)).reduce((a, b) => a + b)
      })
    const found = ridgeMap(z, times(truth), n, 0) as Float32Array
    expect(Math.max(...found.map((value, i) => Math.abs(value - (truth[i] as number))))).toBeLessThan(1e-5)
    const nothing = ridgeMap(z, z, n, 1) as Float32Array
    expect([...nothing].map(Math.round)).toEqual(Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)))
    expect(ridgeMap(new Float32Array(10), new Float32Array(10), n, 1)).toBeUndefined()
  })
})

describe('DPPA-style pruning', () => {
  it('prunes layers with many outstanding changes less; the mean by size is the rate', () => {
    const counts = Float64Array.of(10, 1000, 50, 1000, 0, 4000)
    const rates = ratesOf(counts, 0.9)
    expect((rates[1] as number) < (rates[0] as number) && (rates[0] as number) < (rates[2] as number)).toBe(true)
    expect((rates[0] as number) * 1000 + (rates[1] as number) * 1000 + (rates[2] as number) * 4000).toBeCloseTo(0.9 * 6000, 3)
    expect(ratesOf(Float64Array.of(5, 100, 10, 200), 0.8)).toEqual([expect.closeTo(0.8, 9), expect.closeTo(0.8, 9)])
  })
  it('parts are apart: with factors of 1 they make what the rate leaves', () => {
    const delta = minus(one, base)
    const tau = [delta, delta.map((row) => row.map((value) => value / 2))]
    const of = (params: Record<string, number>) => pruned('dppa', [tau], { params })
    const whole = of({ rate: 0, parts: 1, gamma1: 1 })
    expect(distance(rowsOf(whole), delta)).toBeLessThan(1e-6)
    const [first, second] = [of({ rate: 0.5, parts: 2, gamma1: 1, gamma2: 0 }), of({ rate: 0.5, parts: 2, gamma1: 0, gamma2: 1 })]
    const both = rowsOf(of({ rate: 0.5, parts: 2, gamma1: 1, gamma2: 1 }))
    for (const [r, row] of rowsOf(first).entries())
      for (const [c, value] of row.entries()) {
        const other = rowsOf(second)[r]?.[c] ?? Number.NaN
        expect(Math.abs(value * other)).toBe(0)
        expect(value + other).toBeCloseTo(both[r]?.[c] ?? Number.NaN, 6)
      }
    const kept = both.flat().filter((value) => value !== 0).length
    expect(kept).toBeGreaterThanOrEqual(2)
    // the largest change is in the first part
    expect(rowsOf(first)[1]?.[1]).toBeCloseTo(0.6, 6)
  })
})
