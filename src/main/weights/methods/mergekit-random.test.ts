import { expect, it } from 'vitest'
import { distance, merged, rowsOf } from '../testing/fixture'
import oracles from './mergekit-random.json'

/** MergeKit 0.1.5 with our draws in the place of torch's (tools/mergekit-random-oracles.py): given the same mask, all that follows is the same. */
it.each(oracles.cases.map((one) => [`${one.method}, rescale ${one.rescale}`, one] as const))('%s', (_, one) => {
  const { seed, labels, density, epsilon, weights, base, models } = oracles
  const params = { normalize: one.normalize, rescale: one.rescale, ...(one.ranked ? { epsilon } : {}) }
  const ours = rowsOf(merged(one.method, models, { base, labels, seed, params, each: weights.map((weight) => ({ weight, density })) }))
  expect(distance(ours, one.result)).toBeLessThan(1e-6)
  // what is dropped differs from model to model, and something is
  expect(ours.flat().filter((value, i) => value === base.flat().map(Math.fround)[i]).length).toBeGreaterThan(5)
})
