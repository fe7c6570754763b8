import { expect, it } from 'vitest'
import { randomOf } from '../search/search'
import { lowRank } from './low-rank'
import { ofRank, ridgeMap } from './ridge'

const n = 6
const { normal } = randomOf(3)
const one = (at: number): number => (at % (n + 1) === 0 ? 1 : 0)
const largest = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))

// 1 − u·vᵀ: a correction of rank one
const [u, v] = [Float32Array.from({ length: n }, normal), Float32Array.from({ length: n }, normal)]
const thin = Float32Array.from({ length: n * n }, (_, at) => one(at) - 0.3 * (u[Math.floor(at / n)] as number) * (v[at % n] as number))

it('a map that corrects in one direction is found from features, and rank one keeps it whole', () => {
  const z = Float32Array.from({ length: 200 * n }, normal)
  const e = Float32Array.from({ length: 200 * n }, (_, at) => {
    const row = Math.floor(at / n)
    let sum = 0
    for (let j = 0; j < n; j++) sum += (thin[(at % n) * n + j] as number) * (z[row * n + j] as number)
    return sum
  })
  const found = ridgeMap(z, e, n, 0) as Float32Array
  expect(largest(found, thin)).toBeLessThan(1e-4)
  expect(largest(ofRank(found, n, 1, 1), thin)).toBeLessThan(1e-4)
})

it('a low rank is the best of that rank, the full rank changes nothing, and the head changes by an adapter of that rank', () => {
  const full = Float32Array.from({ length: n * n }, (_, at) => one(at) + 0.2 * normal())
  expect(largest(ofRank(full, n, n, 1), full)).toBeLessThan(1e-5)
  const [two, four] = [ofRank(full, n, 2, 1), ofRank(full, n, 4, 1)]
  const error = (map: Float32Array): number => map.reduce((sum, value, i) => sum + (value - (full[i] as number)) ** 2, 0)
  expect(error(four)).toBeLessThan(error(two))
  // head·(map − 1), with 9 rows
  const head = Float32Array.from({ length: 9 * n }, normal)
  const change = Float32Array.from({ length: 9 * n }, (_, at) => {
    let sum = 0
    for (let k = 0; k < n; k++)
      sum += (head[Math.floor(at / n) * n + k] as number) * ((two[k * n + (at % n)] as number) - one(k * n + (at % n)))
    return sum
  })
  const { kept, total } = lowRank(change, 9, n, { rank: 2, energy: 1, seed: 1 })
  expect(kept / total).toBeGreaterThan(1 - 1e-6)
})
