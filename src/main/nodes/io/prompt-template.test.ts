import { describe, expect, it } from 'vitest'
import { fillTemplate } from './prompt-template'

describe('a prompt template', () => {
  it('fills every place of a slot and leaves all else alone', () => {
    expect(fillTemplate('{{a}}-{{ b }}-{{a}} {c} $&', { a: '1', b: '$&' })).toBe('1-$&-1 {c} $&')
  })
  it('never reads an inserted text as a template', () => {
    expect(fillTemplate('{{a}} {{b}}', { a: '{{b}}', b: 'x' })).toBe('{{b}} x')
  })
  it('says which slot has no value, also for names that every object has', () => {
    expect(() => fillTemplate('{{missing}}', {})).toThrow('{{missing}}')
    expect(() => fillTemplate('{{constructor}}', {})).toThrow('{{constructor}}')
  })
  it('takes an empty text as a value', () => {
    expect(fillTemplate('[{{a}}]', { a: '' })).toBe('[]')
  })
})
