import { describe, expect, it } from 'vitest'
import { humanName, nameInWords, paramTitle, portTitle, titleIn } from './names'
import type { NodeSpec } from './node-spec'

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

describe('names of ports', () => {
  it('are words in lower case, or the title of the spec', () => {
    expect(nameInWords('baseStatistics')).toBe('base statistics')
    expect(nameInWords('dare-ties')).toBe('dare ties')
    expect(portTitle('aiq', { title: 'AIQ' })).toBe('AIQ')
    expect(portTitle('isNew', {})).toBe('is new')
  })

  it('are looked up on their side; what the type does not have is a person\u2019s own name and stays', () => {
    const spec: NodeSpec = {
      type: 'merge',
      version: 1,
      title: 'Merge',
      family: 'merging',
      summary: 'merges',
      inputs: { baseStatistics: { wire: 'statistics', arity: 'one', summary: 's' } },
      outputs: { isNew: { wire: 'boolean', summary: 's', title: 'new?' } },
      params: { maxTokens: { kind: 'number', default: 1, summary: 's', title: 'Longest answer' } },
      effect: 'pure',
      resource: 'cpu',
    }
    expect(titleIn(spec, 'inputs', 'baseStatistics')).toBe('base statistics')
    expect(titleIn(spec, 'inputs', 'maxTokens')).toBe('Longest answer')
    expect(titleIn(spec, 'outputs', 'isNew')).toBe('new?')
    expect(titleIn(spec, 'outputs', 'maxTokens')).toBe('maxTokens')
    expect(titleIn(spec, 'inputs', 'mySlot')).toBe('mySlot')
    expect(titleIn(undefined, 'inputs', 'baseStatistics')).toBe('baseStatistics')
  })
})
