import { describe, expect, it } from 'vitest'
import { answerFeatures, type ExpertAnswer } from './answer-features'
import { agreeOnCorrection } from './corrections'
import { type AskedAll, expectedLoss, fuse, nextExpert, trainFuser } from './experts'
import { askForest, growForest } from './forest'

describe('asking experts as long as it pays (Frugal FoE)', () => {
  const lossAfter = (set: number): number => ({ 0: 1, 1: 0.3, 2: 0.25, 3: 0.1 })[set] ?? 1
  it('goes on where the saved errors are worth the cost, as on the card', () => {
    expect(nextExpert(1, [1, 3], 0.05, lossAfter)).toBe(1)
    expect(nextExpert(1, [1, 3], 0.1, lossAfter)).toBeNull()
    expect(nextExpert(3, [1, 3], 0, lossAfter)).toBeNull()
    expect(nextExpert(0, [], 1, () => 1)).toBeNull()
  })
  it('looks more than one step ahead', () => {
    const onlyTogether = (set: number): number => (set === 7 ? 0 : 0.6)
    expect(nextExpert(1, [1, 1, 1], 0.1, onlyTogether)).toBe(1)
  })
  it('believes whom the past bears out, given how sure each is', () => {
    const past: AskedAll[] = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? { sureness: [0.95, 0.5], right: [1, 0] } : { sureness: [0.4, 0.9], right: [0, 1] },
    )
    const fuser = trainFuser(past, 2)
    expect([fuse(fuser, [0.95, 0.5]), fuse(fuser, [0.4, 0.9]), fuse(fuser, [undefined, 0.5]), fuse(fuser, [undefined, undefined])]).toEqual(
      [0, 1, 1, -1],
    )
    expect(expectedLoss(fuser, past, [0.95, undefined], 1, 5)).toBe(0)
    expect(expectedLoss(fuser, past, [0.4, undefined], 1, 5)).toBe(1)
    expect(expectedLoss(fuser, past, [undefined, undefined], 3, 5)).toBe(0)
    expect(expectedLoss(fuser, past, [undefined, undefined], 0, 5)).toBe(1)
  })
})

describe('a random forest', () => {
  const uniform = (): (() => number) => {
    let state = 1
    return () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    }
  }
  it('learns an interaction that no single feature tells, the same each time', () => {
    const rows = Array.from({ length: 80 }, (_, i) => {
      const [a, b] = [i % 2, Math.floor(i / 2) % 2]
      return { features: [a, b, (i * 7) % 5], right: a === b }
    })
    const forest = growForest(rows, uniform())
    expect(askForest(forest, [1, 1, 3])).toBeGreaterThan(0.8)
    expect(askForest(forest, [0, 1, 3])).toBeLessThan(0.2)
    expect(growForest(rows, uniform())).toEqual(forest)
  })
  it('of nothing knows nothing, of one kind only that', () => {
    expect(askForest(growForest([], uniform()), [1])).toBe(0.5)
    expect(askForest(growForest([{ features: [1], right: true }], uniform(), 3), [5])).toBe(1)
  })
})

describe('what is told of an answer among others (MoRE)', () => {
  const answers: ExpertAnswer[] = [
    { expert: 0, text: 'Paris', sureness: 0.9 },
    { expert: 1, text: 'the paris', sureness: 0.4 },
    { expert: 2, text: '12', sureness: 0.1 },
  ]
  it('has a place for everything, and −1 where nothing applies', () => {
    const features = answerFeatures('How many people live in Paris?', answers, answers[0] as ExpertAnswer, 3)
    expect(features).toHaveLength(3 + 9 + 7 + 6)
    expect(features.slice(0, 3)).toEqual([1, 0, 0])
    expect(features.slice(3, 12)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0]) // how many
    expect(features.slice(12, 19)).toEqual([6, 0, 0.9, 1, 2, 1, 0])
    expect(features.slice(19)).toEqual([1, 0, -1, -1, -1, -1])
    expect(answerFeatures('x', answers, answers[2] as ExpertAnswer, 3)[18]).toBe(1)
  })
})

describe('a vote on a correction', () => {
  const says = (sentence: number | null, correction = ''): { sentence: number | null; correction: string } => ({ sentence, correction })
  it('needs most to doubt, then takes the sentence most named and the correction most like the others', () => {
    const verdict = agreeOnCorrection([
      says(1, 'the dose is 5 mg'),
      says(1, 'the dose is 5 mg daily'),
      says(1, 'no dose'),
      says(0, 'x'),
      says(null),
    ])
    expect(verdict).toEqual({ sentence: 1, correction: 'the dose is 5 mg', flagShare: 0.8, sentenceShare: 0.6 })
  })
  it('trusts the text in a tie, and without reviewers', () => {
    expect(agreeOnCorrection([says(0, 'x'), says(null)])).toMatchObject({ sentence: null, correction: '' })
    expect(agreeOnCorrection([])).toMatchObject({ sentence: null, sentenceShare: 1 })
  })
})
