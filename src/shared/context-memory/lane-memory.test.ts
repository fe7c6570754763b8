import { expect, test } from 'vitest'
import { laneSize } from './lane-memory'

const exact = { isExact: true, pairsLoneTokens: false }
const wanted = { cells: 1201, longest: 600, sequences: 2, neverForks: true }

test('sequences that never fork have cells of their own where that changes no bit', () => {
  expect(laneSize(wanted, exact)).toEqual({ cells: 2048, sequences: 2, streams: 2 })
  expect(laneSize({ ...wanted, neverForks: false }, exact)).toEqual({ cells: 2048, sequences: 4, streams: 1 })
  expect(laneSize(wanted, { ...exact, pairsLoneTokens: true }).streams).toBe(1)
  expect(laneSize(wanted, { ...exact, isExact: false }).streams).toBe(1)
  expect(laneSize({ ...wanted, sequences: 1 }, exact).streams).toBe(1)
})

test('one long sequence among short ones does not make all of them long', () => {
  const mixed = { cells: 4000 + 8 * 120, longest: 4000, sequences: 9, neverForks: true }
  expect(laneSize(mixed, exact)).toEqual({ cells: 8192, sequences: 16, streams: 1 })
})
