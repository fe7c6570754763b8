import { expect, it } from 'vitest'
import { Counting } from './counting'

const world = () => {
  const told: [done: number, total: number, unit: string][] = []
  return { told, counting: new Counting((...progress) => void told.push(progress)) }
}

it('texts are told as they are where the node counts nothing, or is done with counting', () => {
  const { told, counting } = world()
  for (const done of [0, 1, 2]) counting.texts(done, 2)
  counting.own(3, 3, 'rows')
  counting.texts(1, 2)
  expect(told).toEqual([
    [0, 2, 'texts'],
    [1, 2, 'texts'],
    [2, 2, 'texts'],
    [3, 3, 'rows'],
    [1, 2, 'texts'],
  ])
})

it('else they are parts of what the node is at, which is whole when the node says so', () => {
  const { told, counting } = world()
  counting.own(0, 2, 'candidates')
  for (const done of [0, 1, 3, 4]) counting.texts(done, 4)
  counting.own(1, 2, 'candidates')
  for (const done of [0, 2, 4]) counting.texts(done, 4)
  counting.own(2, 2, 'candidates')
  expect(told.map(([done]) => done)).toEqual([0, 0.25, 0.75, 1, 1.5, 2])
  expect(told.every(([, total, unit]) => total === 2 && unit === 'candidates')).toBe(true)
})

it('a second asking for the same one is no step back', () => {
  const { told, counting } = world()
  counting.own(0, 2, 'candidates')
  for (const done of [0, 2, 4, 0, 1, 3]) counting.texts(done, 4)
  expect(told.map(([done]) => done)).toEqual([0, 0.5, 0.75])
})

it('tokens of prompts are told but between texts of a node that counts', () => {
  const { counting } = world()
  counting.texts(1, 2)
  expect(counting.tellsTokens).toBe(true)
  counting.own(0, 2, 'candidates')
  expect(counting.tellsTokens).toBe(false)
  counting.texts(2, 2)
  expect(counting.tellsTokens).toBe(true)
})
