import { describe, expect, it } from 'vitest'
import { rankProbabilities } from '../kernels/sparsify'
import { base, distance, merged, minus, one, pruned, rowsOf } from '../testing/fixture'

const delta = minus(one, base)

describe('DELLA', () => {
  it('gives the chances of the worked example, with the density as their mean', () => {
    const rows = delta.map((row) => [...rankProbabilities(Float32Array.from(row), 3, 0.5, 0.2)])
    expect(
      distance(rows, [
        [0.7, 0.5, 0.3],
        [0.5, 0.7, 0.3],
      ]),
    ).toBeLessThan(1e-9)
  })
  it('of a row of one is the density', () => {
    expect([...rankProbabilities(Float32Array.of(3), 1, 0.4, 0.2)]).toEqual([0.4])
  })
  it('over a whole tensor ranks all its entries together', () => {
    // magnitudes .4 .1 0 .3 .6 .2 have the ranks 4 1 0 3 5 2 of 6: 0.3 + 0.4·r/5
    const rows = [...rankProbabilities(Float32Array.from(delta.flat()), 6, 0.5, 0.2)]
    expect(distance([rows], [[0.62, 0.38, 0.3, 0.54, 0.7, 0.46]])).toBeLessThan(1e-9)
    const [byRow, byTensor] = ['row', 'tensor'].map((ranks) =>
      Array.from({ length: 40 }, (_, seed) =>
        rowsOf(pruned('della', [delta], { params: { density: 0.5, epsilon: 0.2, ranks }, seed, labels: ['m'] })),
      ),
    )
    expect(byTensor).not.toEqual(byRow)
    // a survivor is divided by its chance, which the rank decides: 0.1 has 0.38 in the tensor and 0.5 in its row
    const survivors = (rounds: typeof byRow) => new Set(rounds?.map((round) => round[0]?.[1]?.toFixed(5)))
    expect([...survivors(byTensor)].sort()).toEqual([(-0.1 / 0.38).toFixed(5), '0.00000'])
    expect([...survivors(byRow)].sort()).toEqual([(-0.1 / 0.5).toFixed(5), '0.00000'])
  })
  it('over a tensor of many blocks keeps large changes at density + ε, small ones at density − ε, and the density as mean', () => {
    const [rows, columns] = [400, 500]
    // shuffled magnitudes 1 … 200,000
    const large = Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => 1 + (((r * columns + c) * 7919) % (rows * columns))),
    )
    const kept = rowsOf(pruned('della', [large], { params: { density: 0.5, epsilon: 0.3, ranks: 'tensor', rescale: 'none' }, seed: 2 }))
    const share = (from: number, to: number) => {
      const inside = large.flatMap((row, r) => row.flatMap((value, c) => (value >= from && value < to ? [kept[r]?.[c] === 0 ? 0 : 1] : [])))
      return inside.reduce((sum: number, one) => sum + one, 0) / inside.length
    }
    expect(share(1, 20_000)).toBeCloseTo(0.23, 1.5)
    expect(share(90_000, 110_000)).toBeCloseTo(0.5, 1.5)
    expect(share(180_000, 200_001)).toBeCloseTo(0.77, 1.5)
    expect(share(1, 200_001)).toBeCloseTo(0.5, 2)
  })
  it('refuses a window that leaves 0 to 1', () => {
    expect(() => merged('della', [one], { base, params: { epsilon: 0.5 }, each: [{ density: 0.5 }] })).toThrow(/leaves 0 to 1/)
  })
})

describe.each(['dare', 'della'])('%s', (name) => {
  const prune = (density: number, seed: number, rescale = 'inverse_keep') =>
    rowsOf(pruned(name, [delta], { params: { density, rescale, ...(name === 'della' ? { epsilon: 0.05 } : {}) }, seed, labels: ['m'] }))

  it('keeps all at density 1 and nothing at 0', () => {
    expect(distance(prune(1, 3), delta)).toBeLessThan(1e-6)
    expect(
      prune(0, 3)
        .flat()
        .every((value) => value === 0),
    ).toBe(true)
  })
  it('is the same for the same seed and label, and another otherwise', () => {
    expect(prune(0.5, 3)).toEqual(prune(0.5, 3))
    expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => JSON.stringify(prune(0.5, seed)))).size).toBeGreaterThan(1)
  })
  it('keeps the expectation by dividing by the chance to stay', () => {
    const rounds = 3000
    const sums = delta.flat().map(() => 0)
    for (let seed = 0; seed < rounds; seed++) for (const [i, value] of prune(0.3, seed).flat().entries()) sums[i] = (sums[i] ?? 0) + value
    for (const [i, entry] of delta.flat().entries()) {
      const bound = 5 * Math.abs(entry) * Math.sqrt(0.75 / (0.25 * rounds)) + 1e-9
      expect(Math.abs((sums[i] ?? 0) / rounds - entry)).toBeLessThan(bound)
    }
  })
})

it('DARE with l1 restores the sum of magnitudes, not the expectation of each entry', () => {
  const rounds = 2000
  let small = 0
  for (let seed = 0; seed < rounds; seed++) {
    const [[a = 0, b = 0] = []] = rowsOf(pruned('dare', [[[1, 0.01]]], { params: { density: 0.5, rescale: 'l1' }, seed }))
    if (a !== 0 || b !== 0) expect(Math.abs(a) + Math.abs(b)).toBeCloseTo(1.01, 5)
    small += b
  }
  expect(small / rounds).toBeGreaterThan(0.1)
})
