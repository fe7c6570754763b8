import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../shared/value'
import { factScore, judgeClaim, selfCheck, summacScore } from './agree'
import { answerMass, averageOrders, calibrate, entailmentOf, yesAgainstNo } from './entail'
import { entailmentOfExplained, explainedShare, numbersOf } from './explain'
import { askNli } from './nli-prompts'
import { entitiesOf, entityPrecision, relationAccuracy, wordSupport } from './rules'
import { isAbstention, splitClaims } from './split'
import { standAlone } from './stand-alone'

const texts = (answer: string, unit?: 'sentence' | 'clause') => splitClaims(answer, unit).map(({ text }) => text)
const round = (value: number) => Number(value.toFixed(6))

describe('the claims of an answer', () => {
  it('are its statements; questions, greetings, headings and refusals claim nothing', () => {
    expect(texts('Sure! The tower is old. It has a bell. Shall I go on?')).toEqual(['The tower is old.', 'It has a bell.'])
    expect(texts('# History\nIt was built in 1906.')).toEqual(['It was built in 1906.'])
    expect(texts("I don't know.")).toEqual([])
    expect(texts('unknown')).toEqual([])
    expect(texts('')).toEqual([])
    expect(isAbstention('The documents do not say.')).toBe(true)
    expect(isAbstention('The documents are old.')).toBe(false)
  })
  it('lose their list markers but keep their place', () => {
    const answer = '1. The bell is bronze.\n2. The door is oak.'
    for (const { text, start, end } of splitClaims(answer)) expect(answer.slice(start, end)).toBe(text)
    expect(texts(answer)).toEqual(['The bell is bronze.', 'The door is oak.'])
  })
  it('may be single clauses', () => {
    expect(texts('The tower is old and the bell was cast in Lyon; nobody rings it today.', 'clause')).toEqual([
      'The tower is old',
      'the bell was cast in Lyon',
      'nobody rings it today.',
    ])
    expect(texts('Bread and the salt are there.', 'clause')).toEqual(['Bread and the salt are there.'])
  })
  it('may stand alone: a pronoun that opens a claim becomes what it means, and the place stays', () => {
    const answer =
      'The old tower is high. It was built in 1871 and it has 186 steps. Ada Quillan was the engineer. She lived in Velm. In winter it is closed.'
    const claims = splitClaims(answer, 'clause', true)
    expect(claims.map(({ text }) => text)).toEqual([
      'The old tower is high.',
      'The old tower was built in 1871',
      'the old tower has 186 steps.',
      'Ada Quillan was the engineer.',
      'Ada Quillan lived in Velm.',
      'In winter it is closed.',
    ])
    expect(answer.slice(claims[2]!.start, claims[2]!.end)).toBe('it has 186 steps.')
  })
  it('keep a pronoun whose meaning nobody said', () => {
    expect(standAlone(['It is old.', 'When it rains, the roof leaks.', 'They sleep.', 'This is odd.'])).toEqual([
      'It is old.',
      'When it rains, the roof leaks.',
      'They sleep.',
      'This is odd.',
    ])
    expect(standAlone([])).toEqual([])
  })
  it('always lie where they say', () => {
    const words = fc.array(fc.constantFrom('The cat sat.', 'Why?', '\n- ', 'and the dog ran off', '; ', 'No. ', 'J. Smith ', ' '), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(words, fc.constantFrom('sentence' as const, 'clause' as const), (parts, unit) => {
        const answer = parts.join(' ')
        for (const { text, start, end } of splitClaims(answer, unit)) expect(answer.slice(start, end)).toBe(text)
      }),
    )
  })
})

describe('answers as probabilities', () => {
  it('add spellings and compare', () => {
    expect(round(yesAgainstNo([2, 1], [0.5, 0.2]))).toBe(0.778838)
    expect(round(yesAgainstNo([2], [0.5]))).toBe(0.817574)
    expect(yesAgainstNo([], [])).toBe(0.5)
    expect(round(answerMass({ entailment: [Math.log(0.5)], neutral: [], contradiction: [Math.log(0.2)] }))).toBe(0.7)
  })
  it('average three orders without a liking for a place', () => {
    const orders = [
      entailmentOf({ entailment: [1.4], neutral: [0.2], contradiction: [-0.3] }),
      entailmentOf({ neutral: [0.9], contradiction: [0.1], entailment: [0.6] }),
      entailmentOf({ contradiction: [0.2], entailment: [1.1], neutral: [0.4] }),
    ]
    const { entailment, neutral, contradiction } = averageOrders(orders)
    expect([entailment, neutral, contradiction].map(round)).toEqual([0.51481, 0.302011, 0.183179])
    expect(Object.values(orders[0]!).map(round)).toEqual([0.67391, 0.202978, 0.123112])
    expect(averageOrders([]).neutral).toBe(1)
  })
  it('are corrected by what the model says to an empty question', () => {
    const corrected = calibrate(
      { entailment: 0.778838, neutral: 0, contradiction: 0.221162 },
      { entailment: 0.8, neutral: 1, contradiction: 0.2 },
    )
    expect(round(corrected.entailment)).toBe(0.468196)
    expect(() => entailmentOf({ entailment: [], neutral: [], contradiction: [] })).toThrow(RangeError)
  })
  it('sum to one, whatever the scores', () => {
    const logprob = fc.double({ min: -80, max: 0, noNaN: true })
    fc.assert(
      fc.property(logprob, logprob, logprob, (e, n, c) => {
        const sum = Object.values(entailmentOf({ entailment: [e], neutral: [n], contradiction: [c] })).reduce(
          (total, value) => total + value,
          0,
        )
        expect(sum).toBeCloseTo(1, 9)
      }),
    )
  })
})

describe('a verdict', () => {
  const claim = { id: 'c1', text: 'x' }
  const says = (entailment: number, contradiction: number, document = 'd'): Evidence => ({
    document,
    text: 't',
    entailment: { entailment, contradiction, neutral: 1 - entailment - contradiction },
  })
  const options = { threshold: 0.5, conflict: 'stronger', keep: 3 } as const

  it('is unknown without evidence, and at the threshold itself', () => {
    expect(judgeClaim(claim, [], options)).toEqual({
      claim,
      label: 'unknown',
      entailment: { entailment: 0, neutral: 1, contradiction: 0 },
      evidence: [],
    })
    expect(judgeClaim(claim, [says(0.5, 0)], options).label).toBe('unknown')
  })
  it('follows the strongest evidence, and shows it first', () => {
    const verdict = judgeClaim(claim, [says(0.1, 0.1, 'a'), says(0.9, 0, 'b'), says(0.6, 0, 'c')], options)
    expect(verdict.label).toBe('supported')
    expect(verdict.evidence.map(({ document }) => document)).toEqual(['b', 'c', 'a'])
    expect(judgeClaim(claim, [says(0.1, 0.8)], options).label).toBe('refuted')
  })
  it('in a conflict goes to the stronger side, or to support where asked', () => {
    const conflict = [says(0.7, 0.1), says(0.05, 0.9)]
    expect(judgeClaim(claim, conflict, options).label).toBe('refuted')
    expect(judgeClaim(claim, conflict, { ...options, conflict: 'support-first' }).label).toBe('supported')
  })
  it('keeps as much evidence as asked', () => {
    expect(judgeClaim(claim, [says(0.9, 0), says(0.8, 0)], { ...options, keep: 1 }).evidence).toHaveLength(1)
    expect(judgeClaim(claim, [says(0.9, 0)], { ...options, keep: 0 }).evidence).toEqual([])
  })
})

describe('scores over a whole answer', () => {
  const e = [
    [0.9, 0.1, 0.3],
    [0.2, 0.7, 0.2],
  ]
  const c = [
    [0.05, 0.6, 0.1],
    [0.1, 0.1, 0.7],
  ]
  it('by SummaC are those worked out by hand', () => {
    const whole = summacScore(e, c)
    expect(whole.perUnit.map(round)).toEqual([0.8, 0.1, -0.4])
    expect(round(whole.score)).toBe(0.166667)
    expect(round(summacScore(e, undefined).score)).toBe(0.633333)
    expect(round(summacScore(e, undefined, { overAnswer: 'min' }).score)).toBe(0.3)
    expect(round(summacScore(e, c, { overDocument: 'mean' }).score)).toBe(0.125)
    expect(summacScore([], []).score).toBe(0)
  })
  it('by FActScore hold short answers back', () => {
    expect([factScore(4, 5), factScore(10, 10), factScore(9, 12), factScore(1, 1), factScore(0, 3)].map((value) => round(value!))).toEqual([
      0.294304, 1, 0.75, 0.000123, 0,
    ])
    expect(factScore(0, 0)).toBeNull()
    expect(factScore(4, 5, 0)).toBe(0.8)
  })
  it('by self-check average how much samples contradict', () => {
    const opinions = [0.9, 0.2, 0.7].map((contradiction) => ({ entailment: 1 - contradiction, neutral: 0, contradiction }))
    expect(round(selfCheck(opinions)!)).toBe(0.6)
    expect(selfCheck([])).toBeNull()
  })
})

describe('rules without a model', () => {
  it('find names and numbers', () => {
    expect(entitiesOf('The Harbour Museum of Velm opened in 1,906. It has 3 floors, says Ada Quill.').sort()).toEqual([
      '1906',
      '3',
      'ada quill',
      'harbour museum of velm',
    ])
    expect(entitiesOf('the red key is in oslo.')).toEqual([])
  })
  it('count how many of them the source knows', () => {
    expect(entityPrecision('In Velm, Ada Quill paid 12 crowns.', 'Ada Quill came to Velm with 13 crowns.')).toBeCloseTo(2 / 3)
    expect(entityPrecision('nothing here', 'x')).toBeNull()
    expect(wordSupport('The red key is in Oslo.', 'the red key is in rome')).toBeCloseTo(2 / 3)
    expect(wordSupport('it is', 'x')).toBeNull()
  })
  it('compare triples', () => {
    const triple = (text: string) => ({ subject: text[0]!, relation: text[1]!, object: text[2]! })
    expect(relationAccuracy(['arb', 'asc', 'dre'].map(triple), ['arb', 'asx'].map(triple))).toBe(0.5)
    expect(relationAccuracy(['dre'].map(triple), [])).toBeNull()
  })
})

describe('asking a model', () => {
  it('uses the form that the toys know', () => {
    expect(askNli('toy', 'The red key is in Oslo.', 'the red key is in rome')[0]!.prompt).toEqual({
      kind: 'text',
      text: 'premise: the red key is in oslo. claim: the red key is in rome. label:',
    })
  })
  it('offers letters in three orders, so that each label stands once at each place', () => {
    const asked = askNli('letters', 'e', 'c')
    for (const label of ['entailment', 'neutral', 'contradiction'] as const)
      expect(asked.map(({ answers }) => answers[label][0]).sort()).toEqual(['A', 'B', 'C'])
  })
})

describe('what evidence explains', () => {
  const read = (...nats: number[]) => ['The', ' tower', ' is', ' red', '.'].map((text, index) => ({ text, nats: nats[index]! }))
  const claim = 'The tower is red.'
  const alone = read(2, 8, 1, 4, 1)

  it('is the share of the surprise of telling words that it takes away', () => {
    expect(explainedShare(claim, alone, read(2, 2, 1, 1, 1))).toBe(9 / 12)
    expect(explainedShare(claim, alone, alone)).toBe(0)
    expect(explainedShare(claim, alone, read(9, 8, 9, 4, 9))).toBe(0)
    expect(explainedShare(claim, alone, read(2, 1, 1, 7, 1))).toBe(7 / 12)
  })
  it('of a claim without telling words, or without tokens, is nothing', () => {
    expect(explainedShare('It is.', [{ text: 'It is.', nats: 3 }], [{ text: 'It is.', nats: 1 }])).toBe(0)
    expect(explainedShare('', [], [])).toBe(0)
  })
  it('becomes probabilities: half is undecided, all is entailed', () => {
    expect(entailmentOfExplained(0.5, 'a', 'b').entailment).toBe(0.5)
    expect(entailmentOfExplained(1, 'a', 'b').entailment).toBeGreaterThan(0.99)
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('', '3', 'three', '4 or five'),
        fc.constantFrom('', '3', '7'),
        (share, said, evidence) => {
          const values = Object.values(entailmentOfExplained(share, said, evidence))
          expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9)
          expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
  it('never entails a number that is not there, and leans to contradiction where another one is', () => {
    expect(entailmentOfExplained(0.9, 'It has 11 rooms.', 'It has 24 rooms.').contradiction).toBeGreaterThan(0.8)
    expect(entailmentOfExplained(0.9, 'It has 11 rooms.', 'It has rooms.')).toMatchObject({ contradiction: 0 })
    expect(entailmentOfExplained(0.9, 'It has 11 rooms.', 'It was built in 1874.')).toMatchObject({ contradiction: 0 })
    expect(entailmentOfExplained(0.9, 'It was built in 1920.', 'Quillan built it in 1871.').contradiction).toBeGreaterThan(0.8)
    expect(entailmentOfExplained(0.9, 'It is 38 meters high.', 'It is 38 metres high.').entailment).toBeGreaterThan(0.9)
    expect(entailmentOfExplained(0.9, 'It has 11 rooms.', 'It has eleven rooms and a hall.').entailment).toBeGreaterThan(0.9)
    expect(entailmentOfExplained(0.2, 'It has 11 rooms.', 'Fog lay for 3 days.').contradiction).toBeLessThan(0.1)
  })
  it('knows numbers in digits and in words', () => {
    expect(numbersOf('1,450 members, 3.5 crowns, twenty-two cars, ninety, fourteen, no one, zero').map(({ value }) => value)).toEqual([
      1450, 3.5, 22, 90, 14, 0,
    ])
    expect(numbersOf('24 kilometres, in 1871')).toEqual([
      { value: 24, kind: 'kilometer' },
      { value: 1871, kind: 'year' },
    ])
    expect(numbersOf('well-known lighthouse')).toEqual([])
  })
})
