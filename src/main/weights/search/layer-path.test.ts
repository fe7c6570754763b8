import { expect, it } from 'vitest'
import { pathOf, pathSpace } from './layer-path'

const two = { depths: [2, 3], repeats: 2, scales: true, row: 'models' } as const

it('begins at the first model as it is', () => {
  const { start = [], low, high } = pathSpace(two)
  expect([start.length, low.length, high.length]).toEqual([15, 15, 15])
  expect(pathOf(start, two)).toEqual([
    { source: 0, layer: 0 },
    { source: 0, layer: 1 },
  ])
})

it('takes the used slots in order, and divides what later layers add by the scales on the way', () => {
  const used = [1, 0, 0, 1, 1, 0, 1, 0, 0, 0]
  const scales = [1, 0.5, 1, 1.25, 1]
  expect(pathOf([...used, ...scales], two)).toEqual([
    { source: 0, layer: 0 },
    // into layer 1 of the second model, from another: times 1.25
    { source: 1, layer: 1, scale: 0.8 },
    // follows in its own model: no further scale
    { source: 1, layer: 2, scale: 0.8 },
    // back into layer 1 of the first, second time through: times 0.5
    { source: 0, layer: 1, scale: 1.6 },
  ])
  expect(pathOf([...used, ...scales], { ...two, scales: false }).every(({ scale }) => scale === undefined)).toBe(true)
})

it('of no used slot is empty', () => {
  expect(
    pathOf(
      Array.from({ length: 15 }, () => -1),
      two,
    ),
  ).toEqual([])
})

it('by depth neighbours are layers of the same place: one can replace the other in the first round', () => {
  const asked = { depths: [2, 2], repeats: 1, scales: false, row: 'depth' } as const
  expect(pathOf([1, 0, 0, 1], asked)).toEqual([
    { source: 0, layer: 0 },
    { source: 1, layer: 1 },
  ])
  expect(pathOf(pathSpace(asked).start ?? [], asked).map(({ source, layer }) => [source, layer])).toEqual([
    [0, 0],
    [0, 1],
  ])
})
