import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logProbability, logProbabilityOfAny, logSumExp } from './logprob'

const logits = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities, (p) => Math.log(p) + 5)

describe('log-probabilities of logits', () => {
  it('gives the probabilities that made the logits', () => {
    const row = logits(0.1, 0.2, 0.3, 0.4)
    expect(Math.exp(logProbability(row, 2))).toBeCloseTo(0.3, 6)
    expect(Math.exp(logProbabilityOfAny(row, [0, 3]))).toBeCloseTo(0.5, 6)
  })

  it('survives logits that would overflow, and a row without any', () => {
    expect(logSumExp(Float32Array.from([1000, 1000]))).toBeCloseTo(1000 + Math.log(2), 3)
    expect(logSumExp(Float32Array.from([-Infinity, -Infinity]))).toBe(-Infinity)
  })

  it('sums to one', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
        const row = Float32Array.from(values)
        const sum = values.reduce((total, _, token) => total + Math.exp(logProbability(row, token)), 0)
        expect(sum).toBeCloseTo(1, 5)
      }),
    )
  })
})
