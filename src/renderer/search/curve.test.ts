import { expect, it } from 'vitest'
import { curveOf } from './curve'

const losses = (...values: number[]) => values.map((value, i) => ({ name: 'loss', value, step: i + 1 }))

it('lays candidates from left to right, small losses below, and follows the best so far', () => {
  const curve = curveOf(losses(4, 2, 3, 0), 80, 48)
  expect(curve?.points.map(({ x, y }) => [x, y])).toEqual([
    [10, 4],
    [30, 24],
    [50, 14],
    [70, 44],
  ])
  expect(curve?.best).toBe('10.0,4.0 30.0,4.0 30.0,24.0 50.0,24.0 50.0,24.0 70.0,24.0 70.0,44.0')
  expect([curve?.least.step, curve?.low, curve?.high]).toEqual([4, 0, 4])
})

it('leaves out what is no number; equal losses lie in the middle; nothing gives nothing', () => {
  expect(curveOf(losses(1, Number.NaN, Infinity, 1), 80, 48)?.points.map(({ y }) => y)).toEqual([24, 24])
  expect(curveOf(losses(1, 1), 80, 48)?.least.step).toBe(1)
  expect(curveOf([], 80, 48)).toBeUndefined()
})
