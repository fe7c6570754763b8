import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compressionMethods } from './catalog'
import { compress } from './compress'
import { joinKept, keepAbovePercentile, keepAboveRank, keepWithin } from './keep'
import type { CompressionMethod, CompressorInput, CompressorTools, Unit } from './method'
import { spreadRates } from './methods/question-aware'
import { budgetDocuments } from './methods/surprisal-words'
import { percentile } from './percentile'
import { measureUnits, splitUnits } from './units'

/** Tokens are words with the blanks before them; a word surprises by its length, and not at all once it was seen. */
const tools: CompressorTools = {
  countTokens: async (text) => text.match(/\s*\S+/g)?.length ?? 0,
  information: async (text, before = '') => {
    const seen = new Set(before.toLowerCase().split(/\s+/))
    return (text.match(/\s*\S+/g) ?? []).map((token) => {
      const word = token.trim().toLowerCase()
      const nats = seen.has(word) ? 0.1 : word.length
      seen.add(word)
      return { text: token, nats }
    })
  },
  progress: () => {},
}
const inputOf = (texts: string[], changes: Partial<CompressorInput> = {}): CompressorInput => ({
  documents: texts.map((text, index) => ({ id: `d${index}`, text })),
  question: 'Where is the red key?',
  share: 0.5,
  isProtected: () => false,
  level: 'word',
  ...changes,
})
const unit = (value: number, tokens = 1): Unit => ({ document: 0, start: 0, end: 1, value, tokens })
const kept = (mask: boolean[]) => mask.flatMap((is, index) => (is ? [index] : []))

describe('rules of keeping', () => {
  const nats = [5.1, 0.2, 3.3, 0.9, 4.0, 2.2, 0.1, 1.5]
  it('keep exactly the budget, by value and then by place', () => {
    expect(
      kept(
        keepWithin(
          nats.map((value) => unit(value)),
          4,
          () => false,
        ),
      ),
    ).toEqual([0, 2, 4, 5])
    expect(
      kept(
        keepWithin(
          [1, 1, 1].map((value) => unit(value)),
          2,
          () => false,
        ),
      ),
    ).toEqual([0, 1])
  })
  it('keep what is protected or unknown even beyond the budget', () => {
    expect(kept(keepWithin([unit(0), unit(9), unit(Number.NaN)], 0, ({ value }) => value === 0))).toEqual([0, 2])
  })
  it('of the published methods can be repeated', () => {
    expect(kept(keepAboveRank(nats, 0.5))).toEqual([0, 2, 4])
    expect(kept(keepAboveRank(nats, 0.1))).toEqual([])
    expect(kept(keepAboveRank(nats, 1))).toHaveLength(8)
    const info = [2.0, 9.5, 0.7, 4.1, 6.3, 1.2, 3.3, Number.NaN]
    expect(percentile(info, 35)).toBeCloseTo(2.13, 9)
    expect(kept(keepAbovePercentile(info, 0.35))).toEqual([1, 3, 4, 6, 7])
    expect(kept(keepAbovePercentile(info, 0.5))).toEqual([1, 3, 4, 6, 7])
    expect(kept(keepAbovePercentile(info, 0))).toHaveLength(8)
    expect(kept(keepAbovePercentile(info, 1))).toEqual([1, 7])
  })
  it('rest on percentiles between ranks', () => {
    const values = [0.05, 0.04, 0.1, 0.3, 0.7, 0.72, 0.8, 0.86, 0.88, 0.91, 0.91, 0.93, 0.93, 0.95, 0.97]
    expect(percentile(values, 51)).toBeCloseTo(0.8628, 9)
    expect(() => percentile([], 50)).toThrow(RangeError)
    expect(() => percentile([1], 101)).toThrow(RangeError)
  })
  it('choose whole documents first, the one that breaks the budget included', () => {
    expect(budgetDocuments([120, 80, 60, 200], [2, 0, 3, 1], 150)).toEqual([2, 0, 3])
    expect(budgetDocuments([], [], 10)).toEqual([])
  })
  it('give better documents higher rates', () => {
    const close = (rates: number[], expected: number[]) => {
      for (const [index, rate] of rates.entries()) expect(rate).toBeCloseTo(expected[index]!, 6)
    }
    close(spreadRates([1, 2, 3], 0.472441, 0.4), [0.872441, 0.472441, 0.072441])
    close(spreadRates([4, 3, 2, 1], 0.5, 0.3), [0.2, 0.4, 0.6, 0.8])
    close(spreadRates([1], 0.5), [0.5])
  })
})

describe('units', () => {
  it('share a token that spans several of them', () => {
    const measured = measureUnits('a b c', splitUnits('a b c', 'word'), [{ text: 'a b c', nats: 6 }])
    expect(measured.map(({ nats }) => nats)).toEqual([[2], [2], [2]])
  })
  it('are words, phrases or sentences', () => {
    const text = 'The old tower, built of stone in 1906, stands. Birds live there.'
    const pieces = (level: 'word' | 'phrase' | 'sentence') => splitUnits(text, level).map(({ start, end }) => text.slice(start, end))
    expect(pieces('phrase')).toEqual(['The old tower,', 'built', 'of stone', 'in 1906,', 'stands.', 'Birds live there.'])
    expect(pieces('sentence')).toHaveLength(2)
    expect(pieces('word')).toHaveLength(12)
  })
  it('joined again keep what stood between neighbours', () => {
    const text = 'a, b\nc d'
    const units = splitUnits(text, 'word').map((span) => ({ ...span, document: 0, value: 0, tokens: 1 }))
    expect(joinKept({ id: 'x', text }, units, [true, true, true, true])?.text).toBe(text)
    expect(joinKept({ id: 'x', text }, units, [true, false, true, true])?.text).toBe('a,\nc d')
    expect(joinKept({ id: 'x', text }, units, [false, false, false, false])).toBeUndefined()
  })
})

/** as `tools`, with an embedding where the method cannot do without: how often each letter occurs */
const toolsOf = ({ needs }: CompressionMethod): CompressorTools => (needs.includes('embedding') ? { ...tools, embed: byLetters } : tools)
const byLetters = async (texts: readonly string[]) =>
  texts.map((text) => {
    const counts = Float32Array.from({ length: 26 }, (_, letter) => text.toLowerCase().split(String.fromCharCode(97 + letter)).length - 1)
    const length = Math.hypot(...counts) || 1
    return counts.map((count) => count / length)
  })

describe.each([...compressionMethods.values()])('the method $name', (method) => {
  const tools = toolsOf(method)
  const sentence = fc.constantFrom(
    'The red key is in Oslo.',
    'A cat sat there.',
    'Extraordinary circumstances prevailed, of course.',
    'It is it is it.',
  )
  const texts = fc.array(
    fc.array(sentence, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' ')),
    { minLength: 1, maxLength: 3 },
  )

  it('changes nothing when everything may stay, and gives nothing for nothing', async () => {
    const input = inputOf(['The red key is in Oslo.  Odd   spaces stay.'], { share: 1 })
    expect((await compress(method, input, tools)).documents).toEqual(input.documents)
    expect((await compress(method, inputOf([]), tools)).documents).toEqual([])
    expect((await compress(method, inputOf(['']), tools)).report.keptShare).toBe(1)
  })
  it('keeps to the budget, keeps pieces of the input in order, and repeats itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('word' as const, 'phrase' as const, 'sentence' as const),
        async (given, share, level) => {
          const input = inputOf(given, { share, level })
          const first = await compress(method, input, tools)
          const { tokensBefore, tokensAfter, units } = first.report
          const isBestAlone = method.keepsBest && units.filter(({ kept }) => kept).length === 1
          if (!isBestAlone) expect(tokensAfter).toBeLessThanOrEqual(Math.round(tokensBefore * share))
          for (const document of first.documents) {
            const words = document.text.split(/\s+/)
            let at = 0
            for (const word of given[Number(document.id.slice(1))]!.split(/\s+/)) if (word === words[at]) at += 1
            expect(at).toBe(words.length)
          }
          expect(await compress(method, input, tools)).toEqual(first)
        },
      ),
      { numRuns: 60 },
    )
  })
  it('spares what is protected', async () => {
    const isProtected: CompressorInput['isProtected'] = (text, { start, end }) => text.slice(start, end).includes('1906')
    const { documents } = await compress(
      method,
      inputOf(['It began in 1906 then. Extraordinary circumstances prevailed.'], { share: 0.1, isProtected }),
      tools,
    )
    expect(documents.map(({ text }) => text).join(' ')).toContain('1906')
  })
})

describe('what the methods prefer', () => {
  it('extractive: the sentence that the question is about', async () => {
    const { documents } = await compress(
      compressionMethods.get('extractive')!,
      inputOf(['A cat sat here. The red key is in Oslo. Birds are up there.']),
      tools,
    )
    expect(documents[0]!.text).toBe('The red key is in Oslo.')
  })
  it('extractive: the best sentence even where the budget is less than it, and none that has nothing to do with the question', async () => {
    const squeeze = (texts: string[]) => compress(compressionMethods.get('extractive')!, inputOf(texts, { share: 0.1 }), tools)
    const { documents, report } = await squeeze(['A cat sat here. The red key is in Oslo.'])
    expect(documents.map(({ text }) => text)).toEqual(['The red key is in Oslo.'])
    expect(report.units.map(({ kept }) => kept)).toEqual([false, true])
    expect((await squeeze(['A cat sat here. Birds are up there.'])).documents).toEqual([])
  })
  it('self-information: what cannot be guessed', async () => {
    const { documents } = await compress(
      compressionMethods.get('self-information')!,
      inputOf(['it is it is it is lighthouse is it keeper'], { share: 0.4 }),
      tools,
    )
    expect(documents[0]!.text).toContain('lighthouse')
    expect(documents[0]!.text).toContain('keeper')
  })
  it('surprisal-words: not what an earlier segment said already', async () => {
    const early = Array.from({ length: 100 }, (_, index) => `w${index}`).join(' ')
    const { documents } = await compress(
      compressionMethods.get('surprisal-words')!,
      inputOf([`${early} w99 w98 new99`], { share: 0.99 }),
      tools,
    )
    expect(documents[0]!.text).toContain('new99')
    expect(documents[0]!.text.endsWith('w98 new99')).toBe(false)
  })
  it('question-aware: words that the question makes expected', async () => {
    const { documents } = await compress(
      compressionMethods.get('question-aware')!,
      inputOf(['green table red key'], { question: 'where is the red key', share: 0.5 }),
      tools,
    )
    expect(documents[0]!.text).toBe('red key')
  })
})
