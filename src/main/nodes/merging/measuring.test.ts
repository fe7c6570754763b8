import { expect, it } from 'vitest'
import type { RunContext } from '../../node-runtime'
import { testContext } from '../testing'
import { onScratch } from './measuring'

it('gives all parts of a context on, those too that are made when they are asked for', async () => {
  const withCandidate: RunContext['weights']['withCandidate'] = async () => Promise.reject(new Error('not asked for here'))
  const whole = testContext({})
  const weights = { ...whole.weights, withScratch: ((use) => use(withCandidate)) as RunContext['weights']['withScratch'] }
  const parts = { ...whole, weights }
  // as the executor's: nothing of it is its own
  const lazy = Object.create(parts) as RunContext
  const given = await onScratch(lazy, async (context) => context)
  for (const part of Object.keys(whole) as (keyof RunContext)[]) if (part !== 'weights') expect(given[part], part).toBe(whole[part])
  expect(given.weights.withCandidate).toBe(withCandidate)
})
