import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { datasetOfToys } from '../../weights/testing/toy-rows'
import { openToyRuntime, type ToyRuntime } from '../../weights/testing/toy-runtime'
import { toy } from '../../weights/testing/toys'
import { runNode } from '../testing'
import alignUnits from './align-units'
import interpolationBarrier, { barrierOf } from './interpolation-barrier'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

it('the barrier is the most above the straight line, by hand', () => {
  const line = [1, 2.5, 2, 2].map((loss, i) => ({ alpha: i / 3, loss }))
  // above 4/3 and 5/3
  expect(barrierOf(line).barrier).toBeCloseTo(2.5 - 4 / 3, 9)
  expect(barrierOf(line).alpha).toBeCloseTo(1 / 3, 9)
  expect(barrierOf([3, 1, 3].map((loss, i) => ({ alpha: i / 2, loss }))).barrier).toBe(-2)
})

describe('between toys', () => {
  let toys: ToyRuntime
  beforeAll(async () => {
    toys = await openToyRuntime()
  })
  afterAll(() => toys.close())

  it('stands high before a shuffled model is aligned, and is gone after', async () => {
    const data = datasetOfToys('math', 12)
    const told: number[] = []
    const between = async (second: WeightsExpression) => {
      const context = {
        ...toys.context,
        metric: (_name: string, _value: number, of?: { point?: readonly number[] }) => told.push(of?.point?.[0] ?? -1),
      }
      const { outputs } = await runNode(interpolationBarrier, {
        inputs: { first: toy('toy-math'), second, data },
        params: { points: 5 },
        context,
      })
      return outputs.barrier as number
    }
    const { outputs: shuffle } = await runNode(alignUnits, { inputs: { model: toy('toy-math') }, context: { seed: 11 } })
    const shuffled = shuffle.weights as WeightsExpression
    const { outputs: back } = await runNode(alignUnits, { inputs: { model: shuffled, to: toy('toy-math') } })
    expect(await between(shuffled)).toBeGreaterThan(1)
    expect(Math.abs(await between(back.weights as WeightsExpression))).toBeLessThan(0.01)
    expect(told.slice(0, 5)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })
})
