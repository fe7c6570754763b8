import { expect, it } from 'vitest'
import { nextStretch, type Reading } from './equal-stretches'

const limits = { tokens: 128, rows: 128, least: 2 }
const reading = (pending: number, more: Partial<Reading> = {}): Reading => ({ pending, room: 1000, rows: 1, ...more })

const several = (count: number, pending: number): Reading[] => Array.from({ length: count }, () => reading(pending))

it('every part reads as many tokens as the shortest has, or more where filling up is cheaper than a batch', () => {
  expect(nextStretch([reading(5), reading(30)], limits)).toBe(5)
  expect(nextStretch([reading(5), reading(6)], limits)).toBe(6)
  expect(nextStretch([reading(5), reading(8)], limits)).toBe(5)
  expect(nextStretch([reading(9), ...several(9, 10)], limits)).toBe(10)
  expect(nextStretch([...several(9, 9), reading(10)], limits)).toBe(9)
  // 9 for all and 2 for one that wants 1 costs less than 10 for all; 9, 9 and 2 less than 9, 2 and 2
  expect(nextStretch([...several(8, 9), reading(10), reading(11)], limits)).toBe(9)
})

it('all is read in the end, in batches that cost no more than one for each length', () => {
  for (const lengths of [[12, 10, 5, 10, 12, 11, 7], [1, 1, 2], [300, 2, 40, 41, 42], [6]]) {
    let left = lengths.map((pending) => ({ pending, room: 1000, rows: 1 }))
    let tokens = 0
    let batches = 0
    for (; left.length > 0; batches++) {
      const width = nextStretch(left, limits)
      tokens += width * left.length
      expect(width * left.length).toBeLessThanOrEqual(limits.tokens)
      left = left.map((one) => ({ ...one, pending: one.pending - width, room: one.room - width })).filter(({ pending }) => pending > 0)
    }
    const wanted = lengths.map((length) => Math.max(2, length))
    const parts = Math.ceil((Math.max(...lengths) * lengths.length) / limits.tokens)
    expect(tokens + 2 * batches).toBeLessThanOrEqual(
      wanted.reduce((sum, length) => sum + length) + (2 + lengths.length) * (new Set(wanted).size + parts),
    )
  }
})

it('a lone token is read with another where one alone takes other code, and alone where it does not', () => {
  expect(nextStretch([reading(1), reading(1)], limits)).toBe(2)
  expect(nextStretch([reading(1), reading(1)], { ...limits, least: 1 })).toBe(1)
})

it('a part that is full is not filled up', () => {
  expect(nextStretch([reading(5, { room: 5 }), reading(6)], limits)).toBe(5)
})

it('a batch holds so many tokens, and so many rows, those computed beside lone ones counted', () => {
  const sixteen = Array.from({ length: 16 }, () => reading(20, { rows: 6 }))
  expect(nextStretch(sixteen, limits)).toBe(8)
  expect(
    nextStretch(
      sixteen.map((one) => ({ ...one, pending: 6 })),
      { ...limits, rows: 64 },
    ),
  ).toBe(4)
  expect(
    nextStretch(
      sixteen.map((one) => ({ ...one, pending: 4, rows: 1 })),
      { ...limits, rows: 31 },
    ),
  ).toBe(3)
  expect(
    nextStretch(
      sixteen.map((one) => ({ ...one, pending: 4, rows: 1 })),
      { ...limits, rows: 32 },
    ),
  ).toBe(4)
})
