import { expect, it } from 'vitest'
import { randomOf } from '../search/search'
import { pursue, type SparseSum } from './pursuit'

function run(targets: Float32Array, atoms: Float32Array, n: number, most: number): SparseSum[] {
  const steps = pursue(targets, atoms, n, most)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

it('worked numbers: the closest atom first, then both weighed anew', () => {
  // (3, 1): (1, 0) is closer than (1, 1); with both it is 2·(1, 0) + 1·(1, 1)
  const atoms = Float32Array.of(1, 0, 1, 1, 0, 0)
  const target = Float32Array.of(3, 1)
  expect(run(target, atoms, 2, 1)).toEqual([{ picks: [0], weights: [3] }])
  const [both] = run(target, atoms, 2, 5)
  expect(both?.picks).toEqual([0, 1])
  expect([...(both?.weights ?? [])]).toEqual([expect.closeTo(2, 6), expect.closeTo(1, 6)])
  expect(run(Float32Array.of(0, 0), atoms, 2, 5)).toEqual([{ picks: [], weights: [] }])
})

it('finds the few atoms that targets are made of, however many are pursued at once', () => {
  const [n, all, count] = [48, 90, 37]
  const { normal, uniform } = randomOf(3)
  const atoms = Float32Array.from({ length: all * n }, normal)
  const made = Array.from({ length: count }, () => Array.from({ length: 3 }, () => Math.floor(uniform() * all)))
  const targets = new Float32Array(count * n)
  for (const [i, picks] of made.entries())
    for (const pick of picks)
      for (let c = 0; c < n; c++) targets[i * n + c] = (targets[i * n + c] as number) + 2 * (atoms[pick * n + c] as number)
  const found = run(targets, atoms, n, 3)
  const hits = found.filter(({ picks }, i) => made[i]?.every((pick) => picks.includes(pick))).length
  expect(hits).toBeGreaterThan(0.9 * count)
  const more = run(targets, atoms, n, 12)
  const lost = (sums: SparseSum[]): number[] =>
    sums.map(({ picks, weights }, i) => {
      let left = 0
      for (let c = 0; c < n; c++)
        left +=
          ((targets[i * n + c] as number) -
            picks.reduce((sum, pick, p) => sum + (weights[p] as number) * (atoms[pick * n + c] as number), 0)) **
          2
      return left
    })
  for (const [i, left] of lost(more).entries()) expect(left).toBeLessThanOrEqual((lost(found)[i] as number) + 1e-6)
})
