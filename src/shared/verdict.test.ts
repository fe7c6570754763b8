import { describe, expect, it } from 'vitest'
import type { Entailment, Verdict } from './value'
import { decide, relabel } from './verdict'

const opinion = (entailment: number, contradiction: number): Entailment => ({
  entailment,
  contradiction,
  neutral: 1 - entailment - contradiction,
})
const verdict = (...opinions: Entailment[]): Verdict => ({
  claim: { id: 'c', text: 'The key is red.' },
  label: 'unknown',
  entailment: opinions[0] ?? opinion(0, 0),
  evidence: opinions.map((entailment, i) => ({ document: `d${i}`, text: 'x', entailment })),
})

describe('a verdict', () => {
  it.each([
    [[], 0.5, 'unknown', -1],
    [[opinion(0.6, 0.1)], 0.5, 'supported', 0],
    [[opinion(0.5, 0.1)], 0.5, 'unknown', 0],
    [[opinion(0.1, 0.7), opinion(0.6, 0.1)], 0.5, 'refuted', 0],
    [[opinion(0.1, 0.6), opinion(0.7, 0.1)], 0.5, 'supported', 1],
    [[opinion(0, 0)], 0, 'unknown', 0],
    [[opinion(1, 0)], 1, 'unknown', 0],
  ] as const)('%j at %d is %s', (opinions, threshold, label, decided) => {
    expect(decide(opinions, threshold)).toEqual({ label, decided })
  })
  it('lets any support count where that is asked', () => {
    expect(decide([opinion(0.1, 0.9), opinion(0.6, 0)], 0.5, 'support-first').label).toBe('supported')
  })
})

describe('another threshold', () => {
  it('moves verdicts between the labels, by the evidence they carry', () => {
    const weak = verdict(opinion(0.3, 0.1), opinion(0.1, 0.4))
    expect([0.2, 0.35, 0.5].map((threshold) => relabel(weak, threshold).label)).toEqual(['refuted', 'refuted', 'unknown'])
    expect(relabel(weak, 0.2).entailment).toEqual(opinion(0.1, 0.4))
    expect(weak.label).toBe('unknown')
  })
  it('asks the verdict itself where no evidence was kept', () => {
    const bare = { ...verdict(), entailment: opinion(0.4, 0) }
    expect(relabel(bare, 0.3).label).toBe('supported')
    expect(relabel(bare, 0.5).label).toBe('unknown')
  })
})
