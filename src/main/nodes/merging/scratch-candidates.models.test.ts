import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { RunContext } from '../../node-runtime'
import { datasetOfToys } from '../../weights/testing/toy-rows'
import { openToyRuntime, type ToyRuntime } from '../../weights/testing/toy-runtime'
import { toy } from '../../weights/testing/toys'
import { runNode, testContext } from '../testing'
import searchCoefficients from './search-coefficients'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let toys: ToyRuntime
beforeAll(async () => {
  toys = await openToyRuntime()
})
afterAll(() => toys.close())

/** The runtime with nothing remembered of earlier candidates, and perhaps without the file that they share. */
const contextWith = (shared: boolean): RunContext => {
  const { withScratch, judged: _, ...weights } = toys.runtime
  return testContext({ ...toys.context, weights: { ...weights, ...(shared ? { withScratch } : {}) } })
}

it('candidates in one file have the scores of candidates in files of their own, to the last bit', async () => {
  const search = (shared: boolean, params: Record<string, unknown>) =>
    runNode(searchCoefficients, {
      inputs: { models: [toy('toy-math'), toy('toy-facts')], base: toy('toy-base'), data: datasetOfToys('math', 8) },
      params: { rows: 8, ...params },
      context: contextWith(shared),
    })
  for (const params of [
    { method: 'task-arithmetic', form: 'grouped', search: 'cma-es', budget: 9 },
    { method: 'ties', form: 'dense', search: 'bayes', budget: 5, objective: 'accuracy', screen: 4 },
  ]) {
    const [own, shared] = [await search(false, params), await search(true, params)]
    expect(shared.outputs.report).toEqual(own.outputs.report)
    expect(shared.outputs.weights).toEqual(own.outputs.weights)
  }
})
