import { TributaryError } from '../../../shared/errors'
import type { Candidate } from '../../../shared/value'
import { isAbstention } from '../../claims/split'
import { defineNode } from '../../node-runtime'
import { normaliseAnswer, tokenF1 } from '../../ranking/overlap'
import { countVotes } from '../../ranking/vote'

/** What makes two answers the same. null: no answer can be read. */
const keys = {
  words: (text: string) => (isAbstention(text) ? null : normaliseAnswer(text) || null),
  number: (text: string) => text.replace(/(?<=\d),(?=\d{3})/g, '').match(/-?\d+(?:\.\d+)?(?=\D*$)/)?.[0] ?? null,
  'first-line': (text: string) => normaliseAnswer(text.trim().split('\n')[0] ?? '') || null,
} as const

/** The answer that most give. */
export default defineNode(
  {
    type: 'majority-vote',
    version: 1,
    title: 'Majority vote',
    family: 'ensemble',
    survey: '4.3',
    paper: 'Oniani et al. 2023; Barabucci et al. 2024',
    summary: 'Takes the answer that most candidates give.',
    help: [
      'Answers are compared after lower-casing and without articles and punctuation; or by their last number; or by their first line.',
      'Weights make some sources count more; by *score* each candidate brings its own weight. A tie goes to the answer seen first. Answers that cannot be read count as votes for nothing, so they lower the share of the winner.',
      '',
      'Several samples of one model voted on is *self-consistency*; the share tells how sure the model is, and a cascade can hang on it.',
    ].join('\n'),
    synonyms: ['self-consistency', 'consensus', 'plurality', 'mode', 'agreement', 'ensemble'],
    systems: ['voting'],
    inputs: { candidates: { wire: 'candidates', arity: 'one', summary: 'the answers' } },
    outputs: {
      text: { wire: 'text', summary: 'the winning answer, as its first voter wrote it' },
      share: { wire: 'number', summary: 'the share of all votes that it got' },
      scores: { wire: 'scores', summary: 'the share of each answer, greatest first' },
      candidates: { wire: 'candidates', summary: 'one candidate for each different answer, with its share as score' },
    },
    params: {
      same: {
        kind: 'choice',
        default: 'words',
        title: 'The same answer',
        summary: 'when two answers count as the same',
        options: [
          { value: 'words', title: 'Same words' },
          { value: 'number', title: 'Same last number' },
          { value: 'first-line', title: 'Same first line' },
          { value: 'similar', title: 'Similar words', summary: 'joins the first earlier answer with which it shares most words' },
        ],
      },
      likeness: {
        kind: 'number',
        default: 0.7,
        min: 0,
        max: 1,
        step: 0.05,
        summary: 'similar from this token F1 on',
        when: { param: 'same', in: ['similar'] },
      },
      weigh: {
        kind: 'choice',
        default: 'equal',
        title: 'Weights',
        summary: 'how much a vote counts',
        options: [
          { value: 'equal', title: 'All the same' },
          { value: 'score', title: 'By the candidate’s score' },
          { value: 'source', title: 'By source' },
        ],
      },
      weights: { kind: 'json', default: {}, summary: 'weight by name of source; others count 1', when: { param: 'weigh', in: ['source'] } },
      least: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Least share',
        summary: 'with less than this share the node fails and can fall back',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'same',
  },
  ({ inputs: { candidates }, params }) => {
    const keyOf = params.same === 'similar' ? similarKeys(candidates, params.likeness) : keys[params.same]
    const counted = countVotes(
      candidates.map((candidate) => ({ key: keyOf(candidate.text), weight: weightOf(candidate, params.weigh, params.weights) })),
    )
    const winner = counted[0]
    if (winner === undefined)
      throw new TributaryError('data-empty', 'No candidate has an answer that can be read.', { place: { port: 'candidates' } })
    if (winner.share < params.least)
      throw new TributaryError(
        'node-failed',
        `No answer reaches a share of ${params.least}; the most common has ${winner.share.toFixed(2)}.`,
        { hint: 'Set what happens on failure in the node’s policy, or lower the least share.' },
      )
    return {
      text: candidates[winner.first]!.text,
      share: winner.share,
      scores: counted.map(({ key, share }) => ({ name: key, value: share })),
      candidates: counted.map(({ first, share }, index) => ({ ...candidates[first]!, score: share, rank: index + 1 })),
    }
  },
)

function weightOf(candidate: Candidate, weigh: 'equal' | 'score' | 'source', weights: unknown): number {
  if (weigh === 'score') return candidate.score ?? 0
  if (weigh === 'equal' || typeof weights !== 'object' || weights === null || candidate.source === undefined) return 1
  const weight = Object.hasOwn(weights, candidate.source) ? (weights as Record<string, unknown>)[candidate.source] : 1
  return typeof weight === 'number' ? weight : 1
}

function similarKeys(candidates: readonly Candidate[], likeness: number): (text: string) => string | null {
  const heads: string[] = []
  const keyOf = (text: string): string | null => {
    if (isAbstention(text)) return null
    const near = heads.map((head) => tokenF1(head, text))
    const best = near.indexOf(Math.max(-1, ...near))
    if (best >= 0 && near[best]! >= likeness) return normaliseAnswer(heads[best]!)
    heads.push(text)
    return normaliseAnswer(text)
  }
  const known = new Map(candidates.map(({ text }) => [text, keyOf(text)]))
  return (text) => known.get(text) ?? null
}
