import { describe, expect, it } from 'vitest'
import { asSentence, humanName, paramTitle } from './format'

describe('names of params', () => {
  it('are read as words', () => {
    expect(humanName('maxTokens')).toBe('Max tokens')
    expect(humanName('threshold')).toBe('Threshold')
    expect(humanName('top_k')).toBe('Top k')
    expect(humanName('useMMR')).toBe('Use MMR')
  })

  it('give way to a title', () => {
    expect(paramTitle('maxTokens', { title: 'Longest answer' })).toBe('Longest answer')
    expect(paramTitle('maxTokens', {})).toBe('Max tokens')
  })
})

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
