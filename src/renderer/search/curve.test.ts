import { expect, it } from 'vitest'
import { curveOf } from './curve'

const losses = (...values: number[]) => values.map((value, i) => ({ name: 'loss', value, step: i + 1 }))
const box = { left: 0, top: 4, width: 80, height: 40 }

it('lays candidates from left to right, small losses below, and follows the best so far', () => {
  const curve = curveOf(losses(4, 2, 3, 0), box)
  expect(curve?.points.map(({ x, y }) => [x, y])).toEqual([
    [10, 4],
    [30, 24],
    [50, 14],
    [70, 44],
  ])
  expect(curve?.stairs).toBe('10.0,4.0 30.0,4.0 30.0,24.0 50.0,24.0 50.0,24.0 70.0,24.0 70.0,44.0')
  expect([curve?.best.step, curve?.low, curve?.high]).toEqual([4, 0, 4])
})

it('leaves room for candidates that are still to come', () => {
  expect(curveOf(losses(4, 2), box, 8)?.points.map(({ x }) => x)).toEqual([5, 15])
})

it('leaves a gap for what is no number; equal losses lie in the middle; nothing gives nothing', () => {
  const curve = curveOf(losses(1, Number.NaN, Infinity, 1), box)
  expect(curve?.points.map(({ x, y }) => [x, y])).toEqual([
    [10, 24],
    [70, 24],
  ])
  expect(curve?.lost).toBe(2)
  expect(curveOf(losses(1, 1), box)?.best.step).toBe(1)
  expect(curveOf([], box)).toBeUndefined()
  expect(curveOf(losses(Number.NaN), box)).toBeUndefined()
})

it('goes by ratios where losses are of very unlike size, and plainly where one is 0', () => {
  const wide = curveOf(losses(100, 10, 1), box)
  expect(wide?.isLog).toBe(true)
  expect(wide?.points.map(({ y }) => Math.round(y))).toEqual([4, 24, 44])
  expect(curveOf(losses(100, 10, 0), box)?.isLog).toBe(false)
})

it('takes the largest score as the best', () => {
  const scores = [0.2, 0.8, 0.5].map((value, i) => ({ name: 'score', value, step: i + 1 }))
  expect(curveOf(scores, box)?.best.step).toBe(2)
})
