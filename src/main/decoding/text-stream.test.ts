import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextStream } from './text-stream'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('the stream of text', () => {
  it('never shows half a character, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (text, sizes) => {
        const whole = bytes(text)
        const stream = new TextStream([])
        let shown = ''
        for (let at = 0; at < whole.length; ) {
          const size = sizes.next().value as number
          stream.push(whole.subarray(at, at + size))
          shown += stream.take()
          expect(shown).not.toContain('\uFFFD')
          at += size
        }
        expect(shown + stream.take(true)).toBe(text)
      }),
    )
  })

  it('drops half a character at the end', () => {
    const stream = new TextStream([])
    stream.push(bytes('ab€').subarray(0, 4))
    expect(stream.take(true)).toBe('ab')
  })

  it('cuts before the first stop string wherever the tokens’ borders lie, and shows nothing of it before', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '\n') }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 4 }), { maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        (text, stops, size) => {
          const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
          const stream = new TextStream(stops)
          let shown = ''
          for (let at = 0; at < text.length && !stream.isStopped; at += size) {
            stream.push(bytes(text.slice(at, at + size)))
            shown += stream.take()
            expect(text.startsWith(shown)).toBe(true)
          }
          shown += stream.take(true)
          // a long piece may hold two stop strings: the earlier one counts
          expect(shown).toBe(ends.length > 0 ? firstCut(text, stops, size) : text)
        },
      ),
    )
  })

  it('holds back what may become a stop string, and lets it go when it does not', () => {
    const stream = new TextStream(['\n\nq:'])
    stream.push(bytes('paris\n\n'))
    expect(stream.take()).toBe('paris')
    stream.push(bytes('and'))
    expect(stream.take()).toBe('\n\nand')
    stream.push(bytes('\n\nq'))
    expect(stream.take()).toBe('')
    stream.push(bytes(': why'))
    expect([stream.isStopped, stream.take(), stream.text]).toEqual([true, '', 'paris\n\nand'])
  })
})

/** The earliest stop string in the text as far as it was known when the first one was complete. */
function firstCut(text: string, stops: readonly string[], size: number): string {
  for (let known = size; ; known += size) {
    const seen = text.slice(0, known)
    const cuts = stops.map((stop) => seen.indexOf(stop)).filter((at) => at >= 0)
    if (cuts.length > 0) return seen.slice(0, Math.min(...cuts))
  }
}
