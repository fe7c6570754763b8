import { describe, expect, it } from 'vitest'
import { compress } from '../compress'
import impactWords, { orderOfDeletion } from './impact-words'

/** A sentence is the sum of its words' vectors. */
const bag: Record<string, readonly number[]> = {
  the: [0.1, 0, 0],
  cat: [1, 0.2, 0],
  sat: [0.2, 1, 0],
  very: [0.05, 0.05, 0.05],
  quietly: [0.1, 0.3, 1],
}
const embed = async (texts: readonly string[]) =>
  texts.map((text) => {
    const sum = [0, 0, 0]
    for (const word of text.split(' ')) for (const [at, value] of (bag[word] ?? [0, 0, 0]).entries()) sum[at] = (sum[at] as number) + value
    const length = Math.hypot(...sum)
    return Float32Array.from(sum, (value) => value / length)
  })
const words = ['the', 'cat', 'sat', 'very', 'quietly']

describe('words that matter least', () => {
  it('go one by one, each judged without those before it', async () => {
    const order = await orderOfDeletion(words, embed, 1)
    expect(order.map(({ index }) => words[index])).toEqual(['very', 'the', 'sat', 'quietly'])
    for (const [at, impact] of [0.000018, 0.000604, 0.079182, 0.271195].entries()) expect(order[at]?.impact).toBeCloseTo(impact, 5)
  })
  it('judged all at once go in another order', async () => {
    const order = await orderOfDeletion(words, embed, 4)
    expect(order.map(({ index }) => words[index])).toEqual(['very', 'the', 'sat', 'cat'])
    for (const [at, impact] of [0.000018, 0.000587, 0.076423, 0.081254].entries()) expect(order[at]?.impact).toBeCloseTo(impact, 5)
  })
  it('of equal ones the later goes first, and one word stays', async () => {
    expect((await orderOfDeletion(['cat', 'cat', 'cat'], embed, 1)).map(({ index }) => index)).toEqual([2, 1])
    expect(await orderOfDeletion(['cat'], embed)).toEqual([])
    expect(await orderOfDeletion([], embed)).toEqual([])
  })
  it('leave a budget to the sentence that has less to lose', async () => {
    const input = {
      documents: [{ id: 'd', text: 'the cat sat very quietly. very the cat' }],
      question: '',
      share: 0.6,
      isProtected: () => false,
      level: 'word' as const,
    }
    const { documents, report } = await compress(impactWords, input, {
      countTokens: async (text) => text.match(/\S+/g)?.length ?? 0,
      embed: (texts) => embed(texts.map((text) => text.replaceAll('.', ''))),
      progress: () => {},
    })
    expect(documents[0]?.text).toBe('cat sat quietly. very cat')
    expect(report).toMatchObject({ tokensBefore: 8, tokensAfter: 5 })
  })
})
