import { describe, expect, it } from 'vitest'
import { confidenceStop, drawBeta, thompsonStop } from './draft-stops'
import { draw, type Law, pointLaw } from './law'
import { Random } from './random'
import { rowOf } from './row'
import { judge, judgeAll, type Verification } from './verification'

const p = [0.5, 0.2, 0.15, 0.1, 0.05]
const scores = rowOf(p.map(Math.log))

describe('verification that may change the text', () => {
  const judged = (verification: Verification): number[] =>
    p.map((_, guess) =>
      judge(verification, { scores, target: pointLaw(0), proposals: [{ token: guess, law: pointLaw(guess) }] }, new Random(1)),
    )
  it('near the top: rank and gap, else the best', () => {
    expect(judged({ rule: 'top', rank: 3, gap: 1 })).toEqual([0, 1, 0, 0, 0])
    expect(judged({ rule: 'top', rank: 2, gap: 20 })).toEqual([0, 1, 0, 0, 0])
    expect(judged({ rule: 'top', rank: 1, gap: 0 })).toEqual([0, 0, 0, 0, 0])
  })
  it('typical: likely enough for how unsure the target is', () => {
    expect(judged({ rule: 'typical', floor: 0.09, share: 0.3 })).toEqual([0, 1, 2, 3, 0])
  })
})

describe('a first token with alternatives', () => {
  it('has the law of the target, whatever is offered, and is taken more often the more is offered', () => {
    const target: Law = { shape: 'dense', weights: Float32Array.from(p), total: 1 }
    const q: Law = { shape: 'dense', weights: Float32Array.from([0.3, 0.4, 0.1, 0.05, 0.15]), total: 1 }
    for (const width of [1, 2, 3]) {
      const random = new Random(width)
      const counts = p.map(() => 0)
      let taken = 0
      const draws = 100_000
      for (let i = 0; i < draws; i++) {
        const guess = draw(q, random.uniform())
        const alternatives = [1, 0, 4, 2, 3].filter((token) => token !== guess).slice(0, width)
        const proposals = [{ token: guess, law: q }, ...alternatives.map((other) => ({ token: other, law: pointLaw(other) }))]
        const token = judgeAll(target, proposals, random)
        counts[token] = (counts[token] as number) + 1
        if ([guess, ...alternatives].includes(token)) taken++
      }
      const chi = counts.reduce((sum, count, v) => sum + (count - draws * (p[v] as number)) ** 2 / (draws * (p[v] as number)), 0)
      expect(chi).toBeLessThan(18.5) // 4 degrees of freedom, 0.1 %
      expect(taken / draws).toBeGreaterThan(0.7)
    }
  })
})

const lengthOf = (confidences: readonly number[], stop: { begin(): void; endsAfter(c: number): boolean }): number => {
  stop.begin()
  const end = confidences.findIndex((confidence) => stop.endsAfter(confidence))
  return end < 0 ? confidences.length : end + 1
}

describe('when a draft stops', () => {
  it('at the risk that some token is refused (SpecDec++)', () => {
    const confidences = [0.95, 0.9, 0.8, 0.7, 0.6]
    expect(lengthOf(confidences, confidenceStop(0, 0.3))).toBe(3)
    expect(lengthOf(confidences, confidenceStop(0, 0.7))).toBe(5)
    expect(lengthOf(confidences, confidenceStop(0, 1))).toBe(5)
  })
  it('after a token below the least confidence (Kangaroo)', () => {
    expect(lengthOf([0.9, 0.8, 0.55, 0.7], confidenceStop(0.6, 1))).toBe(3)
  })
  it('by what it learnt about its confidence (EESD)', () => {
    const stop = thompsonStop(0.5, 1, new Random(5))
    for (let round = 0; round < 10; round++) {
      stop.begin()
      stop.endsAfter(0.95)
      stop.learn(1, round < 7 ? 1 : 0)
    }
    expect(stop.beta(0.95)).toEqual([8, 4])
    const [a, b] = stop.beta(0.95)
    expect(a / (a + b)).toBeCloseTo(0.666667, 6)
    expect((a * b) / ((a + b) ** 2 * (a + b + 1))).toBeCloseTo(0.017094, 6)
    expect(stop.beta(0.15)).toEqual([1, 1])
  })
  it('drafts longer in a band that is accepted than in one that is refused', () => {
    const stop = thompsonStop(0.3, 0.99, new Random(5))
    for (let round = 0; round < 40; round++) {
      const confidence = round % 2 ? 0.95 : 0.25
      stop.begin()
      stop.endsAfter(confidence)
      stop.learn(1, round % 2)
    }
    const total = (confidence: number): number =>
      Array.from({ length: 50 }, () => lengthOf(Array(10).fill(confidence), stop)).reduce((x, y) => x + y)
    expect(total(0.95)).toBeGreaterThan(4 * total(0.25))
  })
  it('draws from the Beta distribution', () => {
    const random = new Random(9)
    const draws = Array.from({ length: 50_000 }, () => drawBeta(8, 4, random))
    const mean = draws.reduce((x, y) => x + y) / draws.length
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(2 / 3, 2)
    expect(variance).toBeCloseTo(0.017094, 3)
  })
})
