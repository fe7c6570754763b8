import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nucleus, topK } from './distribution'
import { draw, drawResidual, type Law, probabilityOf } from './law'
import { Random } from './random'
import { rowOf } from './row'
import { neutralSampler, Sampler } from './sampler'

const target = [0.5, 0.2, 0.15, 0.1, 0.05]
const draft = [0.3, 0.4, 0.1, 0.05, 0.15]
const p = rowOf(target.map(Math.log))
const q = rowOf(draft.map(Math.log))
const lawOf = (row: typeof p, options: Partial<typeof neutralSampler> = {}, written: number[] = []): Law =>
  new Sampler({ ...neutralSampler, ...options }).law(row, written, new Float32Array(row.values.length))
const table = (law: Law): number[] => target.map((_, v) => probabilityOf(law, v))

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 6)
  })
}

describe('the sampler', () => {
  it('does nothing when neutral', () => expectClose(table(lawOf(p)), target))
  it('takes the likeliest token at temperature 0, the first among equals', () => {
    expectClose(table(lawOf(p, { temperature: 0 })), [1, 0, 0, 0, 0])
    expectClose(table(lawOf(rowOf([1, 3, 3, 0, 0]), { temperature: 0 })), [0, 1, 0, 0, 0])
  })
  it('sharpens and flattens', () => {
    const squares = target.map((x) => x * x)
    const sum = squares.reduce((a, b) => a + b)
    expectClose(
      table(lawOf(p, { temperature: 0.5 })),
      squares.map((x) => x / sum),
    )
  })
  it('keeps the top k, then a mass of them, then the plausible', () => {
    expectClose(table(lawOf(p, { topK: 2 })), [5 / 7, 2 / 7, 0, 0, 0])
    expectClose(table(lawOf(p, { topP: 0.8 })), [0.588235, 0.235294, 0.176471, 0, 0])
    expectClose(table(lawOf(q, { topP: 0.8 })), [0.352941, 0.470588, 0, 0, 0.176471])
    expectClose(table(lawOf(p, { topK: 3, topP: 0.8 })), [5 / 7, 2 / 7, 0, 0, 0])
    expectClose(table(lawOf(p, { minP: 0.3 })), [0.588235, 0.235294, 0.176471, 0, 0])
    expectClose(table(lawOf(p, { minP: 1 })), [1, 0, 0, 0, 0])
    expectClose(table(lawOf(p, { topK: 5, minP: 0.3, temperature: 1 })), [0.588235, 0.235294, 0.176471, 0, 0])
  })
  it('measures the nucleus on the tempered law', () => {
    expectClose(table(lawOf(p, { temperature: 0.5, topP: 0.9 })), [0.25 / 0.3125, 0.04 / 0.3125, 0.0225 / 0.3125, 0, 0])
  })
  it('lowers tokens that were written, in the whole law, in a part of it, and when greedy', () => {
    const powered = [0.25, 0.2, 0.15, 0.1, 0.05]
    expectClose(
      table(lawOf(p, { repetitionPenalty: 2 }, [0])),
      powered.map((x) => x / 0.75),
    )
    expectClose(table(lawOf(p, { repetitionPenalty: 2, topK: 2 }, [0])), [25 / 49 / (25 / 49 + 2 / 7), 2 / 7 / (25 / 49 + 2 / 7), 0, 0, 0])
    expectClose(table(lawOf(p, { repetitionPenalty: 3, temperature: 0 }, [0])), [0, 1, 0, 0, 0])
    expectClose(table(lawOf(p, { repetitionPenalty: 1.1, temperature: 0 }, [0])), [1, 0, 0, 0, 0])
    expectClose(table(lawOf(p, { repetitionPenalty: 0.1, temperature: 0 }, [4])), [0, 0, 0, 0, 1])
  })
  it('refuses a row without any possible token, and one with a NaN', () => {
    expect(() => lawOf(rowOf([-Infinity, -Infinity]))).toThrow('No token')
    expect(() => lawOf(rowOf([0, NaN]))).toThrow('not a number')
  })
})

describe('the likeliest tokens', () => {
  it('are those of a full sort, whatever the scores', () => {
    const scores = fc.array(fc.oneof(fc.float({ min: -40, max: 10, noNaN: true }), fc.constant(-Infinity), fc.constant(3)), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(scores, fc.integer({ min: 0, max: 310 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, k, share) => {
        const row = rowOf(values)
        const sorted = [...values.keys()].filter((v) => (values[v] as number) > -Infinity)
        sorted.sort((a, b) => (row.values[b] as number) - (row.values[a] as number) || a - b)
        expect(Array.from(topK(row.values, k))).toEqual(sorted.slice(0, k))
        if (sorted.length === 0) return
        const kept = Array.from(nucleus(row, share, 0.7))
        expect(kept).toEqual(sorted.slice(0, kept.length).sort((a, b) => a - b))
        kept.sort((a, b) => sorted.indexOf(a) - sorted.indexOf(b))
        const total = sorted.reduce((sum, v) => sum + Math.exp(0.7 * (row.values[v] as number)), 0)
        const mass = (ids: number[]): number => ids.reduce((sum, v) => sum + Math.exp(0.7 * (row.values[v] as number)), 0) / total
        expect(mass(kept)).toBeGreaterThan(share - 1e-5)
        if (kept.length > 1) expect(mass(kept.slice(0, -1))).toBeLessThan(share + 1e-5)
      }),
    )
  })
})

describe('the residual of a refused draft', () => {
  const residual = (a: Law, b: Law): number[] => {
    const drawn = target.map(() => 0)
    for (let i = 0; i < 60000; i++) {
      const token = drawResidual(a, b, (i + 0.5) / 60000)
      drawn[token] = (drawn[token] as number) + 1
    }
    return drawn.map((count) => count / 60000)
  }
  const near = (actual: readonly number[], expected: readonly number[]): void =>
    actual.forEach((x, i) => {
      expect(Math.abs(x - (expected[i] as number))).toBeLessThan(1e-4)
    })
  it('is what the target has more than the draft, renormalised', () => {
    near(residual(lawOf(p), lawOf(q)), [0.666667, 0, 0.166667, 0.166667, 0])
    near(residual(lawOf(p, { topP: 0.8 }), lawOf(q, { topP: 0.8 })), [0.571429, 0, 0.428571, 0, 0])
    near(residual(lawOf(p), { shape: 'point', token: 1 }), [0.625, 0, 0.1875, 0.125, 0.0625])
    near(residual(lawOf(p, { topK: 4 }), { shape: 'point', token: 1 }), [2 / 3, 0, 0.2, 2 / 15, 0])
  })
  it('is the target itself where both laws are equal', () => near(residual(lawOf(p), lawOf(p)), target))
})

describe('the stream of random numbers', () => {
  it('repeats for equal seeds, can be put back, and is uniform', () => {
    const random = new Random(42)
    const state = random.save()
    const first = [random.uniform(), random.uniform(), random.uniform()]
    random.restore(state)
    expect([random.uniform(), random.uniform(), random.uniform()]).toEqual(first)
    expect(new Random(42).uniform()).toBe(first[0])
    expect(new Random(43).uniform()).not.toBe(first[0])
    const counts = new Array(100).fill(0) as number[]
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(random.uniform() * 100)
      counts[bin] = (counts[bin] as number) + 1
    }
    const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(chi).toBeLessThan(148.2) // 99 degrees of freedom, 0.1 %
  })
  it('draws each token as often as the law says', () => {
    const counts = target.map(() => 0)
    const law = lawOf(p)
    const random = new Random(1)
    for (let i = 0; i < 100_000; i++) {
      const token = draw(law, random.uniform())
      counts[token] = (counts[token] as number) + 1
    }
    const chi = counts.reduce(
      (sum, count, v) => sum + (count - 100_000 * (target[v] as number)) ** 2 / (100_000 * (target[v] as number)),
      0,
    )
    expect(chi).toBeLessThan(18.5) // 4 degrees of freedom, 0.1 %
  })
})
