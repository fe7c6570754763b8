import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChunkOptions, chunkDocuments, chunkStrategies, chunkText, countWords, packUnits } from './chunk'

const texts = (text: string, options: ChunkOptions) => chunkText(text, options).map(({ start, end }) => text.slice(start, end))

describe('packing units', () => {
  it('gives windows of four with stride three over ten units of one', () => {
    expect(packUnits(Array(10).fill(1), 4, 1)).toEqual([
      [0, 4],
      [3, 7],
      [6, 10],
    ])
  })
  it('refuses sizes and overlaps that make no sense', () => {
    expect(() => packUnits([1], 0, 0)).toThrow(RangeError)
    expect(() => packUnits([1], Number.NaN, 0)).toThrow(RangeError)
    expect(() => packUnits([1], 1, -1)).toThrow(RangeError)
  })
  it('lets a unit that is too long stand alone and gives nothing for nothing', () => {
    expect(packUnits([2, 9, 2], 4, 0)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ])
    expect(packUnits([], 4, 1)).toEqual([])
  })
  it('always ends, covers every unit, and each window reaches further than the one before, even with an overlap beyond the size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 40 }),
        (lengths, size, overlap) => {
          const windows = packUnits(lengths, size, overlap)
          let covered = 0
          for (const [from, to] of windows) {
            expect(from).toBeLessThanOrEqual(covered)
            expect(to).toBeGreaterThan(covered)
            const total = lengths.slice(from, to).reduce((sum, length) => sum + length, 0)
            expect(total <= size || to - from === 1 || lengths.slice(from, to).filter((length) => length > 0).length === 1).toBe(true)
            covered = to
          }
          expect(covered).toBe(lengths.length)
        },
      ),
    )
  })
})

describe('chunking', () => {
  const text = 'The tower is high. It was built long ago. Nobody knows why. Birds live there.'

  it('packs whole sentences and repeats the last one', () => {
    expect(texts(text, { by: 'sentences', size: 9, overlap: 1 })).toEqual([
      'The tower is high. It was built long ago.',
      'It was built long ago. Nobody knows why.',
      'Nobody knows why. Birds live there.',
    ])
  })
  it('packs words with a stride', () => {
    expect(texts('a b c d e f g h i j', { by: 'words', size: 4, overlap: 1 })).toEqual(['a b c d', 'd e f g', 'g h i j'])
  })
  it('cuts a sentence that is longer than a passage between words', () => {
    expect(texts('one two three four five', { by: 'sentences', size: 2, overlap: 0 })).toEqual(['one two', 'three four', 'five'])
  })
  it('keeps paragraphs whole, and sections under their headings', () => {
    expect(texts('a b\n\nc d\n\ne', { by: 'paragraphs', size: 2, overlap: 0 })).toEqual(['a b', 'c d', 'e'])
    const passages = chunkDocuments([{ id: 'd', title: 'Guide', text: '# Food\nGood soup.\n\n# Beds\nSoft beds.' }], {
      by: 'sections',
      size: 50,
      overlap: 0,
    })
    expect(passages.map(({ title }) => title)).toEqual(['Guide › Food', 'Guide › Beds'])
  })
  it('gives nothing for empty text and for text of only punctuation', () => {
    expect(texts('  ', { by: 'sentences', size: 5, overlap: 0 })).toEqual([])
    expect(texts('... !!', { by: 'sentences', size: 5, overlap: 0 })).toEqual([])
  })
  it('points into the first document, also when a passage is chunked again', () => {
    const whole = `Prologue here.\n\n${text}`
    const passages = chunkDocuments([{ id: 'd', text: whole }], { by: 'paragraphs', size: 50, overlap: 0 })
    const sentences = chunkDocuments(passages, { by: 'sentences', size: 4, overlap: 0 })
    for (const passage of sentences) {
      expect(passage.of).toBe('d')
      expect(whole.slice(passage.start, passage.end)).toBe(passage.text)
    }
    expect(new Set(sentences.map(({ id }) => id)).size).toBe(sentences.length)
  })
  it('keeps passages within the size, whatever the strategy', () => {
    const words = fc.array(fc.constantFrom('tree', 'sky.', 'Sea?', 'and', '\n\n', '# Top\n', 'fish'), { maxLength: 60 })
    fc.assert(
      fc.property(
        words,
        fc.constantFrom(...chunkStrategies),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 12 }),
        (parts, by, size, overlap) => {
          const joined = parts.join(' ')
          for (const { start, end } of chunkText(joined, { by, size, overlap }))
            expect(countWords(joined.slice(start, end))).toBeLessThanOrEqual(size)
        },
      ),
    )
  })
})
