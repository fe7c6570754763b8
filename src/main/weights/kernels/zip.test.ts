import { describe, expect, it } from 'vitest'
import { randomOf } from '../search/search'
import { correlations, zipFeatures } from './zip'

/** Likeness of the units A0, A1, B0, B1 from pairs. */
function likeness(pairs: Readonly<Record<string, number>>): Float64Array {
  const at: Record<string, number> = { A0: 0, A1: 1, B0: 2, B1: 3 }
  const table = new Float64Array(16).map((_, i) => (i % 5 === 0 ? 1 : 0))
  for (const [pair, value] of Object.entries(pairs)) {
    const [a, b] = [at[pair.slice(0, 2)] ?? 0, at[pair.slice(2)] ?? 0]
    table[a * 4 + b] = value
    table[b * 4 + a] = value
  }
  return table
}

describe('zipping features', () => {
  it('joins the likest pairs, as worked by hand', () => {
    const table = likeness({ A0B0: 0.9, A1B1: 0.8, A0A1: 0.2, A1B0: 0.3, A0B1: 0.1, B0B1: 0 })
    expect(zipFeatures(table, 2, { again: 0.3, within: 0.125 })).toEqual([
      [0, 2],
      [1, 3],
    ])
  })
  it('joins two units of one network where they are the likest and that is allowed', () => {
    const table = likeness({ A0A1: 0.95, A0B0: 0.4, A1B0: 0.3, A1B1: 0.5, A0B1: 0.1 })
    expect(zipFeatures(table, 2, { again: 0.3, within: 1 })).toContainEqual(expect.arrayContaining([0, 1]))
    expect(zipFeatures(table, 2, { again: 0.3, within: 1 }).flat().toSorted()).toEqual([0, 1, 2, 3])
  })
  it('undoes a shuffle of units', () => {
    const { normal } = randomOf(4)
    const [n, rows] = [12, 200]
    const a = Float32Array.from({ length: n * rows }, normal)
    const order = Array.from({ length: n }, (_, i) => (i * 5) % n)
    const b = Float32Array.from({ length: n * rows }, (_, at) => (a[at - (at % n) + (order[at % n] as number)] as number) + 0.05 * normal())
    const groups = zipFeatures(correlations(a, b, n), n, { again: 0.3, within: 0.125 })
    expect(groups.map((group) => group.map((unit) => (unit < n ? unit : order[unit - n])))).toEqual(groups.map(([first]) => [first, first]))
  })
  it('a unit that never moves is like nothing', () => {
    const table = correlations(Float32Array.of(1, 2, 1, 3, 1, 5), Float32Array.of(2, 1, 3, 1, 5, 1), 2)
    expect([table[2], table[6], table[1]]).toEqual([0, expect.closeTo(1, 12), 0])
  })
})
