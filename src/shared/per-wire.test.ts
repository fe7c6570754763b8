import { describe, expect, it } from 'vitest'
import { type PerWire, perWireNumbers, withNumber } from './per-wire'

const share: PerWire = { port: 'models', empty: 'equal', fill: 'share' }

describe('a number for each wire', () => {
  it('is read from a list and from text; one number stands for all', () => {
    expect(perWireNumbers([0.9, 0.1], 2)).toEqual([0.9, 0.1])
    expect(perWireNumbers('0.9, 0.1', 2)).toEqual([0.9, 0.1])
    expect(perWireNumbers('0.5', 3)).toEqual([0.5, 0.5, 0.5])
    expect(perWireNumbers([], 2)).toEqual([])
    expect(perWireNumbers(' ', 2)).toEqual([])
  })
  it('is not read from what is no plain list', () => {
    for (const value of ['[[0, 1], 1]', '0.5,', 'half', [[0, 1], 1], { t: 1 }, null]) expect(perWireNumbers(value, 2)).toBeUndefined()
  })
  it('is set beside what the others have, in the form that the list has', () => {
    expect(withNumber([], 4, 1, 2, share)).toEqual([0.25, 2, 0.25, 0.25])
    expect(withNumber([0.9, 0.1], 3, 0, 0.5, { ...share, fill: 1 })).toEqual([0.5, 0.1, 1])
    expect(withNumber('', 2, 0, 0.3, { ...share, fill: 1 })).toBe('0.3, 1')
    expect(withNumber('0.5', 2, 1, 1, share)).toBe('0.5, 1')
    expect(withNumber([3, 4, 5], 2, 0, 1, share)).toEqual([1, 4])
  })
  it('is taken back by emptying the list', () => {
    expect(withNumber([1, 2], 2, 0, undefined, share)).toEqual([])
    expect(withNumber('1, 2', 2, 0, undefined, share)).toBe('')
  })
})
