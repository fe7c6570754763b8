import { expect, it } from 'vitest'
import { divergence } from './divergence'
import { rowOf } from './row'

const of = (...p: number[]) => rowOf(p.map(Math.log))

it('is 0 for equal rows and ln 2 for two rows that share no token', () => {
  expect(divergence([of(0.5, 0.5, 0), of(0.5, 0.5, 0)])).toBe(0)
  expect(divergence([of(1, 0), of(0, 1)])).toBeCloseTo(Math.LN2, 6)
})

it('is the mean divergence from the mixture', () => {
  // ½(0.5·ln(0.5/0.7)+0.5·ln(0.5/0.3)) + ½(0.9·ln(0.9/0.7)+0.1·ln(0.1/0.3))
  expect(divergence([of(0.5, 0.5), of(0.9, 0.1)])).toBeCloseTo(0.1017, 4)
})

it('leaves out a source that has nothing to say', () => {
  const silent = of(0.1, 0.9)
  silent.isSilent = true
  expect(divergence([of(1, 0), silent])).toBe(0)
})
