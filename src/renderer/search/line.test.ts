import { expect, it } from 'vitest'
import { lineOf } from './line'

const at = (...pairs: [number, number][]) =>
  pairs.map(([alpha, value], i) => ({ name: 'loss on the line', value, step: i + 1, point: [alpha] }))

it('lays the line from left to right with the barrier above the straight line', () => {
  const line = lineOf(at([0, 1], [0.5, 4], [1, 2]), 112, 52)
  expect(line?.points.map(({ x, y }) => [x, Math.round(y)])).toEqual([
    [6, 46],
    [56, 6],
    [106, 33],
  ])
  expect(line?.ends).toBe('6.0,46.0 106.0,32.7')
  expect(line?.barrier).toEqual({ value: 2.5, alpha: 0.5 })
})

it('knows no barrier before both ends are there, and leaves out what is no number', () => {
  expect(lineOf(at([0, 1], [0.5, 4]), 100, 50)?.barrier).toBeUndefined()
  expect(lineOf(at([0, 1], [0.5, Number.NaN], [1, 1]), 100, 50)?.points).toHaveLength(2)
  expect(lineOf([], 100, 50)).toBeUndefined()
})
