import { describe, expect, it } from 'vitest'
import { eigenSymmetric } from '../kernels/eigen'
import { bayesian } from './bayes'
import { cmaEs } from './cma-es'
import { even } from './even'
import { genetic } from './genetic'
import { goldenSection } from './golden'
import type { Space } from './search'
import { spsa } from './spsa'

const box = (n: number, low = 0, high = 1): Space => ({ low: Array(n).fill(low), high: Array(n).fill(high) })
const sphere = (point: readonly number[]): number => point.reduce((sum, value) => sum + (value - 0.3) ** 2, 0)

describe('CMA-ES', () => {
  it.each([
    [2, 576],
    [6, 1908],
    [10, 3020],
  ] as const)('finds the bottom of a sphere of %i numbers to 1e-10 in at most %i evaluations, for ten seeds', async (n, most) => {
    for (let seed = 0; seed < 10; seed++) {
      const { best, evaluations } = await cmaEs(box(n), sphere, { budget: most, seed, target: 1e-10 })
      expect(best.loss).toBeLessThanOrEqual(1e-10)
      expect(evaluations.length).toBeLessThanOrEqual(most)
    }
  })

  it('follows the bent valley of Rosenbrock', async () => {
    const valley = (x: readonly number[]): number =>
      x.slice(1).reduce((sum, value, i) => sum + 100 * (value - (x[i] as number) ** 2) ** 2 + (1 - (x[i] as number)) ** 2, 0)
    const { best } = await cmaEs({ ...box(6, -2, 2), start: Array(6).fill(0.5) }, valley, { budget: 5260, seed: 1, target: 1e-8 })
    expect(best.loss).toBeLessThanOrEqual(1e-8)
  })

  it('stays in the box, and is the same for the same seed', async () => {
    const run = () => cmaEs(box(3), (point) => -point.reduce((sum, value) => sum + value, 0), { budget: 200, seed: 4 })
    const [a, b] = [await run(), await run()]
    expect(a).toEqual(b)
    expect(a.evaluations.every(({ point }) => point.every((value) => value >= 0 && value <= 1))).toBe(true)
    expect(a.best.loss).toBeLessThan(-2.9)
  })
})

describe('Bayesian optimisation', () => {
  const hill = ([x = 0]: readonly number[]): number => (x - 0.87) ** 2 - 0.02 * Math.sin(25 * x)
  it('finds the top of a wavy hill in 12 evaluations, for six seeds', async () => {
    for (let seed = 0; seed < 6; seed++) {
      const { best, evaluations } = await bayesian(box(1, 0.5, 1), hill, { budget: 12, seed })
      expect(Math.abs((best.point[0] ?? 0) - 0.8242)).toBeLessThan(0.002)
      expect(new Set(evaluations.map(({ point }) => point.join())).size).toBe(evaluations.length)
    }
  })
  it('bears constant scores, and scores that are not numbers', async () => {
    expect((await bayesian(box(1), () => 1, { budget: 8, seed: 1 })).best.point).toEqual([0])
    const { best } = await bayesian(box(1), ([x = 0]) => (x < 0.3 ? Number.NaN : x), { budget: 10, seed: 1 })
    expect(best.loss).toBeLessThan(0.45)
  })
  it('searches several numbers', async () => {
    const { best } = await bayesian(box(2), sphere, { budget: 30, seed: 2 })
    expect(best.loss).toBeLessThan(0.01)
  })
})

it('a genetic search goes downhill over steps, and is the same for the same seed', async () => {
  const steps = async (seed: number) =>
    genetic({ low: [0, 0, 0], high: [1, 1, 1] }, (point) => point.reduce((sum, value) => sum + Math.abs(Math.round(10 * value) - 7), 0), {
      budget: 300,
      seed,
    })
  const found = await steps(4)
  expect(found.best.loss).toBe(0)
  expect(await steps(4)).toEqual(found)
  // a box of one point has nothing to try, and ends
  expect((await genetic({ low: [1], high: [1] }, () => 5, { budget: 50, seed: 1 })).evaluations).toHaveLength(1)
})

it('the golden section narrows one number', async () => {
  const { best } = await goldenSection(box(1), sphere, { budget: 40, seed: 0 })
  expect(best.point[0]).toBeCloseTo(0.3, 6)
})

it('an even search is a grid of one number, and draws from all of the box of several', async () => {
  const grid = await even({ low: [1], high: [3] }, ([x = 0]) => (x - 2.4) ** 2, { budget: 5, seed: 0 })
  expect(grid.evaluations.map(({ point }) => point[0])).toEqual([1, 1.5, 2, 2.5, 3])
  expect(grid.best.point).toEqual([2.5])
  const { evaluations } = await even(box(2), sphere, { budget: 400, seed: 1 })
  for (const axis of [0, 1]) {
    const shares = [0, 1, 2, 3].map(
      (part) => evaluations.filter(({ point }) => Math.floor(4 * (point[axis] as number)) === part).length / 400,
    )
    for (const share of shares) expect(Math.abs(share - 0.25)).toBeLessThan(0.07)
  }
  expect(await even(box(2), sphere, { budget: 400, seed: 1 })).toEqual({ best: expect.anything(), evaluations })
})

it('SPSA goes downhill in many numbers', async () => {
  const { best, evaluations } = await spsa(box(40), sphere, { budget: 600, seed: 3 })
  expect(best.loss).toBeLessThan((evaluations[0]?.loss ?? 0) / 5)
})

it('a budget is kept, and none at all is refused', async () => {
  for (const search of [cmaEs, bayesian, goldenSection, spsa, even]) {
    expect((await search(box(1), sphere, { budget: 5, seed: 0 })).evaluations).toHaveLength(5)
    await expect(search(box(1), sphere, { budget: 0, seed: 0 })).rejects.toThrow(RangeError)
  }
})

it('Jacobi: vectors times values give the matrix back', () => {
  const matrix = [
    [4, 1, 0.5],
    [1, 3, -1],
    [0.5, -1, 2],
  ]
  const { values, vectors } = eigenSymmetric(matrix)
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      expect(values.reduce((sum, value, k) => sum + value * (vectors[i]?.[k] ?? 0) * (vectors[j]?.[k] ?? 0), 0)).toBeCloseTo(
        matrix[i]?.[j] ?? 0,
        9,
      )
})
