import { describe, expect, it } from 'vitest'
import type { ParamSpec } from '../../shared/node-spec'
import { another } from './forking'

const number = (more: object): ParamSpec => ({ kind: 'number', default: 0, summary: '', ...more }) as ParamSpec

describe('a second value to try', () => {
  it('is a step away and within the limits', () => {
    expect(another(number({ min: 0, max: 2 }), 0)).toBe(0.5)
    expect(another(number({ min: 0, max: 2 }), 2)).toBe(1.5)
    expect(another(number({ min: 1, max: 4096, integer: true }), 256)).toBe(384)
    expect(another(number({ min: 1, max: 4, integer: true }), 4)).toBe(3)
  })
  it('is the next choice, the opposite, or the same text to be rewritten', () => {
    const options = ['a', 'b'].map((value) => ({ value, title: value }))
    expect(another({ kind: 'choice', default: 'a', options, summary: '' }, 'b')).toBe('a')
    expect(another({ kind: 'boolean', default: false, summary: '' }, false)).toBe(true)
    expect(another({ kind: 'text', default: '', summary: '' }, 'hello')).toBe('hello')
  })
})
