import { describe, expect, it } from 'vitest'
import { bestOf, chunkSearch, type Hypothesis } from './chunk-search'

const hypothesis = (text: string, value = 0): Hypothesis => ({ text, tokens: text.length, isFinished: false, value })

describe('chunk-level beam search', () => {
  it('keeps the best by what tuning made likelier', () => {
    const tuned = [-12, -10.5, -11, -14]
    const untuned = [-13, -10, -12.5, -14.2]
    const values = tuned.map((t, i) => t - (untuned[i] as number))
    expect(values.map((v) => Math.round(v * 10) / 10)).toEqual([1, -0.5, 1.5, 0.2])
    const kept = bestOf(
      values.map((value, i) => hypothesis(String(i), value)),
      2,
    )
    expect(kept.map(({ text }) => text)).toEqual(['2', '0'])
    expect(bestOf([hypothesis('a', NaN), hypothesis('b', -5)], 1).map(({ text }) => text)).toEqual(['b'])
  })

  /** chunks of one digit by the number of the draw; the value is the sum of the digits; four digits end */
  const search = (more: Partial<Parameters<typeof chunkSearch>[0]> = {}): Promise<Hypothesis[]> =>
    chunkSearch({
      extend: async ({ text }, draw) => ({ text: text + (draw % 7), tokens: text.length + 1, isFinished: text.length === 3 }),
      value: async (all) => all.map(({ text }) => [...text].reduce((sum, digit) => sum + Number(digit), 0)),
      beams: 2,
      expansions: 3,
      rounds: 10,
      ...more,
    })

  it('ends when all are finished, or after so many rounds', async () => {
    const found = await search()
    expect(found.every(({ text, isFinished }) => isFinished && text.length === 4)).toBe(true)
    expect(found[0]?.value).toBeGreaterThanOrEqual(found[1]?.value ?? 0)
    expect((await search({ rounds: 2 })).every(({ text }) => text.length === 2)).toBe(true)
  })
  it('draws every expansion from a stream of its own, and counts equal texts once', async () => {
    const draws: number[] = []
    await search({
      extend: async ({ text }, draw) => {
        draws.push(draw)
        return { text: `${text}1`, tokens: 1, isFinished: text.length === 3 }
      },
    })
    expect(new Set(draws).size).toBe(draws.length)
    expect(draws).toHaveLength(6 + 3 + 3 + 3)
  })
  it('with one beam and one expansion follows a single sample', async () => {
    expect(await search({ beams: 1, expansions: 1 })).toHaveLength(1)
  })
})
