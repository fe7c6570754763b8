import { describe, expect, it } from 'vitest'
import { wireKindNames } from '../../shared/wire'
import { previewText, summarise } from './preview'

describe('a value in a few words', () => {
  it('is the text itself for texts, and one line each for a list of them', () => {
    expect(summarise('text', false, 'hello')).toBe('hello')
    expect(summarise('text', true, ['a', 'b'])).toBe('a\nb')
  })
  it('counts verdicts by label', () => {
    const verdict = (label: string) => ({ label, claim: { id: label, text: label } })
    expect(summarise('verdicts', false, [verdict('supported'), verdict('refuted'), verdict('supported')])).toBe(
      '3 claims: 2 supported, 1 refuted, 0 unknown',
    )
  })
  it('counts what a cut list really holds, and says which part of it was looked at', () => {
    const verdicts = [...Array.from({ length: 5 }, () => ({ label: 'supported' })), '… 15 more']
    expect(summarise('verdicts', false, verdicts)).toBe('20 claims, of the first 5: 5 supported, 0 refuted, 0 unknown')
    expect(summarise('dataset', false, { name: 'questions', rows: [{}, {}, '… 46 more'] })).toBe('questions: 48 rows')
    expect(summarise('documents', false, [{ title: 'a' }, '… 9 more'])).toBe('10 passages\n· a')
  })
  it('never fails, whatever shape a value has', () => {
    for (const kind of wireKindNames)
      for (const odd of [null, 0, '', [], {}, [null], [[1]], { rows: 3 }]) expect(typeof summarise(kind, false, odd)).toBe('string')
  })
  it('shows the text of a node before its other outputs', () => {
    const output = { list: false, sha: 'x', sizeBytes: 1 }
    expect(previewText({ scores: { ...output, kind: 'scores', preview: [] }, text: { ...output, kind: 'text', preview: 'answer' } })).toBe(
      'answer',
    )
    expect(previewText({})).toBe('')
  })
})
