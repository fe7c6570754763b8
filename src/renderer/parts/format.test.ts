import { describe, expect, it } from 'vitest'
import { asSentence, formatNumber } from './format'

describe('a message as a sentence', () => {
  it('begins with a capital and ends with a full stop', () => {
    expect(asSentence('the input “query” needs a wire')).toBe('The input “query” needs a wire.')
  })

  it('keeps what is one already', () => {
    expect(asSentence('Is this right?')).toBe('Is this right?')
    expect(asSentence('It said “stop.”')).toBe('It said “stop.”')
    expect(asSentence('')).toBe('')
  })
})

describe('a number', () => {
  it('is as short as it can be read', () => {
    const read = [0, 1234, 123.456, 12.5, 1 / 3, -0.5, 0.001234, 0.0001234, 1.5e-5, -3e-7, Number.POSITIVE_INFINITY].map(formatNumber)
    expect(read).toEqual(['0', '1,234', '123.5', '12.5', '0.3333', '-0.5', '0.001234', '0.00012', '1.5 × 10⁻⁵', '-3 × 10⁻⁷', 'Infinity'])
  })
})
