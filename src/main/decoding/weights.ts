import { TributaryError } from '../../shared/errors'
import type { Json } from '../../shared/json'

/** The weights of a mixture: finite, not negative, one per input, summing to 1 in the answer. An empty list is uniform. Throws `input-type`. */
export function mixtureWeights(value: Json, count: number): number[] {
  const weights = listOfNumbers(value, count, 'weights')
  if (weights.length === 0) return Array.from({ length: count }, () => 1 / count)
  if (weights.some((weight) => weight < 0)) throw problem('weights', 'holds a negative number')
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum === 0)
    throw new TributaryError('distribution-empty', 'All weights of a mixture are 0, so no token has any probability left.', {
      hint: 'give at least one model a weight above 0',
      place: { port: 'weights' },
    })
  return weights.map((weight) => weight / sum)
}

/** Finite numbers, `count` of them or none. Throws `input-type` and names the param. */
export function listOfNumbers(value: Json, count: number, param: string): number[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'number' || !Number.isFinite(item))) {
    throw problem(param, 'is not a list of numbers')
  }
  const numbers = value as number[]
  if (numbers.length !== 0 && numbers.length !== count) {
    throw problem(param, `has ${numbers.length} numbers for ${count} ${count === 1 ? 'input' : 'inputs'}`)
  }
  return numbers
}

const problem = (param: string, what: string): TributaryError =>
  new TributaryError('input-type', `The list “${param}” ${what}.`, {
    hint: 'write one number per wire, such as [0.7, 0.3], or [] for all equal',
    place: { port: param },
  })
