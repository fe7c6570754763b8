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
