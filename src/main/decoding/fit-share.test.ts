import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitConstantShare, fitEntropyShare, type LoggedStep, lossOfShare, shareByEntropy } from './fit-share'
import { Random } from './random'

const step = (p: number, q: number, h = 0, k = 0): LoggedStep => ({
  first: { nats: -Math.log(p), entropy: h },
  second: { nats: -Math.log(q), entropy: k },
})
const repeated = (count: number, one: LoggedStep): LoggedStep[] => Array.from({ length: count }, () => one)

describe('a mix fitted on logged steps', () => {
  it('has the loss of the average of probabilities (F1, token a, the card’s shares)', () => {
    // F1 gives the token a .550447 and .726259 by its two rows: the card’s mean and the share by the other’s entropy
    const one = step(0.550447, 0.726259)
    expect(Math.exp(-lossOfShare([one], () => 0.5))).toBeCloseTo(0.638353, 6)
    expect(Math.exp(-lossOfShare([one], () => 0.462223))).toBeCloseTo(0.644995, 6)
    expect(lossOfShare([], () => 0.5)).toBe(0)
  })

  it('finds the fixed share where the slope of the likelihood is 0', () => {
    // 3·log(.1 + .8λ) + log(.9 − .8λ): 2.7 − 2.4λ = .1 + .8λ
    expect(fitConstantShare([...repeated(3, step(0.9, 0.1)), step(0.1, 0.9)])).toBeCloseTo(0.8125, 6)
    expect(fitConstantShare([step(0.8, 0.2), step(0.2, 0.8)])).toBeCloseTo(0.5, 6)
    expect(fitConstantShare(repeated(3, step(0.9, 0.1)))).toBe(1)
    expect(fitConstantShare(repeated(3, step(0.1, 0.9)))).toBe(0)
    expect(fitConstantShare([step(0.3, 0.3)])).toBe(0.5)
    expect(fitConstantShare([])).toBe(0.5)
    expect(fitEntropyShare([])).toEqual({ a: 0, b: 0, c: 0 })
  })

  it('finds the three numbers that the steps were drawn with', () => {
    const random = new Random(11)
    const truth = { a: -1.5, b: 0.8, c: 0.4 }
    // two tokens: .95 and .05 to the first model, the other way round to the second
    const steps = Array.from({ length: 8000 }, () => {
      const [h, k] = [3 * random.uniform(), 3 * random.uniform()]
      const share = shareByEntropy(truth)(step(1, 1, h, k))
      return random.uniform() < share * 0.95 + (1 - share) * 0.05 ? step(0.95, 0.05, h, k) : step(0.05, 0.95, h, k)
    })
    const { a, b, c } = fitEntropyShare(steps)
    expect(Math.abs(a - truth.a)).toBeLessThan(0.12)
    expect(Math.abs(b - truth.b)).toBeLessThan(0.12)
    expect(Math.abs(c - truth.c)).toBeLessThan(0.2)
  })

  it('never loses more than the fixed share, nor that more than either model, on what it was fitted on', () => {
    const probability = fc.double({ min: 0.001, max: 1, noNaN: true })
    const entropy = fc.double({ min: 0, max: 9, noNaN: true })
    const steps = fc.array(
      fc.tuple(probability, probability, entropy, entropy).map(([p, q, h, k]) => step(p, q, h, k)),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const share = fitConstantShare(all)
        const fixed = lossOfShare(all, () => share)
        for (const other of [0, 0.5, 1]) expect(fixed).toBeLessThanOrEqual(lossOfShare(all, () => other) + 1e-7)
        const form = fitEntropyShare(all)
        expect(lossOfShare(all, shareByEntropy(form))).toBeLessThanOrEqual(fixed + 1e-4)
        for (const number of Object.values(form)) expect(Number.isFinite(number)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('stays finite where one model is right wherever it is surer', () => {
    const { a, b } = fitEntropyShare([...repeated(20, step(0.99, 1e-9, 0.1, 4)), ...repeated(20, step(1e-9, 0.99, 4, 0.1))])
    expect(a).toBeLessThan(-0.5)
    expect(b).toBeGreaterThan(0.5)
    expect(Math.abs(a)).toBeLessThan(50)
  })
})
