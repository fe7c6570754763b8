import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import type { RunContext } from '../../node-runtime'
import { datasetOfToys } from '../../weights/testing/toy-rows'
import { openToyRuntime, type ToyRuntime } from '../../weights/testing/toy-runtime'
import { merge, toy } from '../../weights/testing/toys'
import { runNode, testContext } from '../testing'
import { withAdapters } from './adapted-candidates'
import { lossOfWeights, rowsOf } from './objectives'
import searchCoefficients from './search-coefficients'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let toys: ToyRuntime
let context: RunContext
beforeAll(async () => {
  toys = await openToyRuntime()
  context = testContext(toys.context)
})
afterAll(() => toys.close())

const [math, facts, base] = [toy('toy-math'), toy('toy-facts'), toy('toy-base')]
const columns = { promptColumn: 'prompt', answerColumn: 'answer', rows: 12 }

it('a candidate judged by adapters has the loss of the merged file', async () => {
  const data = datasetOfToys('math', 12)
  const rows = rowsOf(data, columns)
  await withAdapters({ models: [math, facts], base, rank: 128, force: false }, context, async ({ lossOf, kept }) => {
    if (process.env.FIGURES) console.log('kept', kept)
    for (const weights of [
      [0, 0],
      [1, 0],
      [0.6, 0.4],
    ]) {
      const merged = merge('task-arithmetic', [math, facts], { base })
      const expression =
        merged.op === 'merge'
          ? { ...merged, models: merged.models.map((one, i) => ({ ...one, params: { weight: weights[i] ?? 0 } })) }
          : merged
      const [near, exact] = [await lossOf(weights, rows), await lossOfWeights(expression as WeightsExpression, rows, 'likelihood', context)]
      if (process.env.FIGURES) console.log(weights, near, exact)
      expect(Math.abs(near - exact)).toBeLessThan(0.03 + 0.05 * exact)
    }
    // it is gone when the adapters are
    expect(await lossOfWeights(base, rows, 'likelihood', context)).toBeCloseTo(await lossOf([0, 0], rows), 2)
  })
})

it('a search by adapters writes no candidate, and its best is merged exactly', async () => {
  const data = datasetOfToys('math', 12)
  let written = 0
  const counting = {
    ...context,
    weights: {
      ...toys.runtime,
      withCandidate: (...args: Parameters<typeof toys.runtime.withCandidate>) => {
        written++
        return toys.runtime.withCandidate(...args)
      },
    } as RunContext['weights'],
  }
  const params = { method: 'task-arithmetic', form: 'free', search: 'bayes', budget: 8, judge: 'adapters', adapterRank: 128 }
  const { outputs } = await runNode(searchCoefficients, { inputs: { models: [math, facts], base, data }, params, context: counting })
  expect(written).toBe(0)
  const report = outputs.report as { best: { loss: number }; adaptersKeep: number[]; candidates: unknown[] }
  expect(report.candidates).toHaveLength(8)
  expect(report.adaptersKeep.every((share) => share > 0.9)).toBe(true)
  const exact = await lossOfWeights(outputs.weights as WeightsExpression, rowsOf(data, columns), 'likelihood', context)
  expect(Math.abs(exact - report.best.loss)).toBeLessThan(0.05)
  expect(exact).toBeLessThan(await lossOfWeights(base, rowsOf(data, columns), 'likelihood', context))
})

it('refuses an adapter that keeps too little, and what adapters cannot stand for', async () => {
  const data = datasetOfToys('math', 2)
  const run = (params: Record<string, unknown>) =>
    runNode(searchCoefficients, {
      inputs: { models: [math, facts], base, data },
      params: { method: 'task-arithmetic', form: 'free', budget: 2, judge: 'adapters', ...params },
      context,
    })
  await expect(run({ adapterRank: 1 })).rejects.toMatchObject({ code: 'weights-parameter', message: expect.stringContaining('keeps') })
  await expect(run({ method: 'ties' })).rejects.toMatchObject({ code: 'weights-parameter' })
})
