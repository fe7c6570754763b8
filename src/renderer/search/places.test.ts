import { expect, it } from 'vitest'
import { placesOf } from './places'

const box = { left: 0, top: 0, width: 100, height: 50 }
const tried = (...all: [loss: number, ...point: number[]][]) =>
  all.map(([value, ...point], i) => ({ name: 'loss', value, step: i + 1, point }))

it('lays two numbers in a plane, the best last and strongest', () => {
  const found = placesOf(tried([3, 0, 0], [1, 1, 2], [2, 0.5, 1]), box)
  expect(found?.form).toBe('plane')
  expect(found?.ranges).toEqual([
    [0, 1],
    [0, 2],
  ])
  expect(found?.places.map(({ metric, at, good }) => [metric.step, at, good])).toEqual([
    [1, [[0, 50]], 0],
    [3, [[50, 25]], 0.5],
    [2, [[100, 0]], 1],
  ])
})

it('lays one number across and its loss upwards', () => {
  const found = placesOf(tried([4, 0], [2, 1]), box)
  expect(found?.places.map(({ at }) => at)).toEqual([[[0, 0]], [[100, 50]]])
})

it('draws three numbers and more as lines over axes; a number that never changes lies in the middle', () => {
  const found = placesOf(tried([2, 0, 5, 1], [1, 1, 5, 0]), box)
  expect(found?.form).toBe('axes')
  expect(found?.places.at(-1)?.at).toEqual([
    [0, 0],
    [50, 25],
    [100, 50],
  ])
})

it('needs two judged candidates with as many numbers, and no more numbers than can be told apart', () => {
  expect(placesOf(tried([1, 0, 0]), box)).toBeUndefined()
  expect(placesOf(tried([1, 0, 0], [Number.NaN, 1, 1]), box)).toBeUndefined()
  expect(placesOf(tried([1, ...Array<number>(17).fill(0)], [2, ...Array<number>(17).fill(1)]), box)).toBeUndefined()
  expect(placesOf([], box)).toBeUndefined()
})
