import { expect, it } from 'vitest'
import { scaleEntry, shiftEntry } from './repair-units'

it('gives a unit the spread between its parents’, as worked by hand', () => {
  // σ 2 and 1 at half each: 1.5 wanted, 1.322875656 found
  const { data } = scaleEntry('m', Float64Array.of(1.322875656, 0, 2), Float64Array.of(2, 2, 2), Float64Array.of(1, 2, 2), 0.5)
  expect(data[0]).toBeCloseTo(1.133893419, 6)
  // one that never moves stays as it is, and so does one that lost nothing
  expect([data[1], data[2]]).toEqual([1, 1])
})

it('moves a bias so that the mean lies between the parents’, as worked by hand', () => {
  // μ 1 and 3 at half each: 2 wanted, 2 found, times 1.133893419
  const entry = shiftEntry(
    'blk.0.attn_q.weight',
    Float32Array.of(1.133893419),
    Float64Array.of(2),
    Float64Array.of(1),
    Float64Array.of(3),
    0.5,
  )
  expect([entry.matrix, entry.quantity]).toEqual(['blk.0.attn_q.bias', 'shift'])
  expect(entry.data[0]).toBeCloseTo(-0.267786838, 6)
})

it('of a matrix that a parent lacks is 1 where nothing is known', () => {
  expect([...scaleEntry('m', Float64Array.of(3), undefined, undefined, 0.3).data]).toEqual([1])
})
