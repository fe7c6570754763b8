import { describe, expect, it } from 'vitest'
import { areNliLabels, nliLabel, preferenceLabels } from './pair-labels'

describe('labels of NLI models', () => {
  it('are known in the spellings that published models use', () => {
    expect(['CONTRADICTION', 'neutral', 'Entailment'].map(nliLabel)).toEqual(['contradiction', 'neutral', 'entailment'])
    expect(['SUPPORTS', 'REFUTES', 'NOT ENOUGH INFO'].map(nliLabel)).toEqual(['entailment', 'contradiction', 'neutral'])
    expect(nliLabel('not_entailment')).toBe('neutral')
  })

  it('must all have a meaning, each another, entailment among them', () => {
    expect(areNliLabels(['entailment', 'neutral', 'contradiction'])).toBe(true)
    expect(areNliLabels(['entailment', 'not_entailment'])).toBe(true)
    expect(areNliLabels(['relevance'])).toBe(false)
    expect(areNliLabels(['LABEL_0', 'LABEL_1', 'LABEL_2'])).toBe(false)
    expect(areNliLabels(['entailment', 'support'])).toBe(false)
    expect(areNliLabels([])).toBe(false)
  })
})

describe('labels of models that compare two answers', () => {
  it('name the first and the second, in either order, and nothing else', () => {
    expect(preferenceLabels(['first', 'second'])).toEqual({ first: 0, second: 1 })
    expect(preferenceLabels(['second', 'first'])).toEqual({ first: 1, second: 0 })
    for (const labels of [[], ['first'], ['relevance'], ['first', 'second', 'tie'], ['entailment', 'contradiction']])
      expect(preferenceLabels(labels)).toBeUndefined()
  })
})
