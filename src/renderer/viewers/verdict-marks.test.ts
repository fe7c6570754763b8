import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../shared/value'
import { markClaims } from './verdict-marks'

const verdict = (text: string, place: { start?: number; end?: number } = {}, label: Verdict['label'] = 'supported'): Verdict => ({
  claim: { id: text, text, ...place },
  label,
  entailment: { entailment: 1, neutral: 0, contradiction: 0 },
  evidence: [],
})
const answer = 'Sky is blue. Grass is red. So what.'

describe('marking claims in an answer', () => {
  it('gives the answer again when the stretches are joined', () => {
    const marked = markClaims(answer, [verdict('Grass is red.', { start: 13, end: 26 }, 'refuted'), verdict('Sky is blue.')])
    expect(marked.map((stretch) => stretch.text).join('')).toBe(answer)
    expect(marked.map((stretch) => stretch.verdict?.label)).toEqual(['supported', undefined, 'refuted', undefined])
  })
  it('finds a claim by its text where the offsets are of another text', () => {
    expect(markClaims(answer, [verdict('Grass is red.', { start: 0, end: 4 })])[1]?.text).toBe('Grass is red.')
  })
  it('leaves out what is not there and what overlaps', () => {
    expect(markClaims(answer, [verdict('Snow is hot.')])).toEqual([{ text: answer }])
    expect(markClaims('abc', [verdict('ab'), verdict('bc')])).toHaveLength(2)
  })
  it('has nothing to say about an empty answer', () => {
    expect(markClaims('', [verdict('x')])).toEqual([])
  })
})
