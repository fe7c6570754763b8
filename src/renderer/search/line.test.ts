import { expect, it } from 'vitest'
import { lineOf } from './line'

const box = { left: 0, top: 0, width: 100, height: 50 }
const at = (...pairs: [number, number][]) =>
  pairs.map(([alpha, value], i) => ({ name: 'loss on the line', value, step: i + 1, point: [alpha] }))

it('lays the line from left to right with the barrier above the straight line', () => {
  const line = lineOf(at([0, 1], [0.5, 4], [1, 2]), { left: 6, top: 6, width: 100, height: 40 })
  expect(line?.points.map(({ x, y }) => [x, Math.round(y)])).toEqual([
    [6, 46],
    [56, 6],
    [106, 33],
  ])
  expect(line?.ends).toBe('6.0,46.0 106.0,32.7')
  expect(line?.barrier).toEqual({ value: 2.5, alpha: 0.5 })
})

it('knows no barrier before both ends are there, and leaves out what is no number', () => {
  expect(lineOf(at([0, 1], [0.5, 4]), box)?.barrier).toBeUndefined()
  expect(lineOf(at([0, 1], [0.5, Number.NaN], [1, 1]), box)?.points).toHaveLength(2)
  expect(lineOf([], box)).toBeUndefined()
})
