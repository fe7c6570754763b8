import { describe, expect, it } from 'vitest'
import { type BentMap, bend } from '../../../shared/bent-map'
import { inTurns } from '../in-turns'
import { randomOf } from '../search/search'
import { type BentAsked, fitBend, meanMiss } from './bent-map'
import { ridgeMap } from './ridge'

const n = 12
const rows = 400
const { normal } = randomOf(9)
const z = Float32Array.from({ length: rows * n }, normal)
/** an expert that lacks what shows on one side of one direction only: no linear map takes that out */
const direction = Float32Array.from({ length: n }, normal)
const bias = Float32Array.from({ length: n }, normal)
const e = Float32Array.from(z, (value, at) => {
  const row = Math.floor(at / n)
  let along = 0
  for (let i = 0; i < n; i++) along += (direction[i] as number) * (z[row * n + i] as number)
  return value - (bias[at % n] as number) * Math.max(0, along / 3)
})
const nothing: BentMap = { hidden: 2, down: new Float32Array(2 * n).fill(1), up: new Float32Array(n * 2) }
const asked = { hidden: 16, steps: 2500, seed: 1 }

const fitted = (goal: Float32Array, how: BentAsked): Promise<BentMap> => inTurns(fitBend(z, goal, n, how))

function linearMiss(): number {
  const map = ridgeMap(z, e, n, 1e-6) as Float32Array
  const moved = Float32Array.from(z, (_, at) => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += (map[(at % n) * n + j] as number) * (z[at - (at % n) + j] as number)
    return sum
  })
  return meanMiss(moved, e, n, nothing)
}

describe('the module of representation surgery', () => {
  it('worked numbers: z − U·ReLU(D·z)', () => {
    const map = { hidden: 2, down: Float32Array.of(1, 0, 0, 1), up: Float32Array.of(1, 5, 2, 7) }
    expect([...bend(map, Float32Array.of(9, 3, -1), 1, 2)]).toEqual([0, -7])
  })

  it('does nothing where U is zero, and is never worse than that', async () => {
    expect([...bend(nothing, z, 0, n)]).toEqual([...z.subarray(0, n)])
    const before = meanMiss(z, e, n, nothing)
    for (const steps of [0, 1, 60]) expect(meanMiss(z, e, n, await fitted(e, { ...asked, steps }))).toBeLessThanOrEqual(before)
    expect((await fitted(z, { ...asked, steps: 100 })).up.every((value) => value === 0)).toBe(true)
  })

  it('takes out a bias that bends, which the linear part cannot', async () => {
    const [before, linear, bent] = [meanMiss(z, e, n, nothing), linearMiss(), meanMiss(z, e, n, await fitted(e, asked))]
    expect(linear).toBeLessThan(before)
    expect(bent).toBeLessThan(0.6 * linear)
  })

  it('depends on its seed alone', async () => {
    const of = async (seed: number) => (await fitted(e, { ...asked, steps: 20, seed })).down
    expect(await of(3)).toEqual(await of(3))
    expect(await of(3)).not.toEqual(await of(4))
  })
})
