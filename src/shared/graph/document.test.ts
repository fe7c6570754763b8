import { describe, expect, it } from 'vitest'
import { formatEndpoint, parseEndpoint } from './document'

describe('the ends of a wire', () => {
  it.each([
    ['a.b', { node: 'a', port: 'b' }],
    ['a.b.c', { node: 'a', port: 'b.c' }],
    ['a.b#12', { node: 'a', port: 'b', order: 12 }],
    ['@question', { node: '@question', port: '' }],
    ['=answer', { node: '=answer', port: '' }],
  ])('%s', (text, end) => {
    expect(parseEndpoint(text)).toEqual(end)
    expect(formatEndpoint(end)).toBe(text)
  })

  it.each(['', 'a', '.b', 'a.', 'a#1', 'a.#1', 'a.b#', 'a.b#x', 'a.b#1234567', 'a#1.b', 'a.b#1#2'])('“%s” names none', (text) => {
    expect(parseEndpoint(text)).toBeUndefined()
  })
})
