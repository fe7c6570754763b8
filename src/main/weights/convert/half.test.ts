import { describe, expect, it } from 'vitest'
import { plainCodec } from './codec'
import { decodeBF16, decodeF16, encodeBF16, encodeF16, toHalf } from './half'

const words = Uint16Array.from({ length: 65_536 }, (_, index) => index)

describe('F16', () => {
  it('every finite word survives decode and encode, by both encoders', () => {
    const values = new Float32Array(65_536)
    const back = new Uint16Array(65_536)
    decodeF16(words, values)
    encodeF16(values, back)
    for (const word of words) {
      if ((word & 0x7c00) === 0x7c00 && word & 0x3ff) continue
      expect(back[word]).toBe(word)
      expect(toHalf(values[word] as number)).toBe(word)
    }
  })

  it('rounds to nearest even and overflows to infinity', () => {
    for (const [value, word] of [
      [1, 0x3c00],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [65_504, 0x7bff],
      [65_519, 0x7bff],
      [65_520, 0x7c00],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [-0, 0x8000],
    ] as const) {
      const out = new Uint16Array(1)
      encodeF16(Float32Array.of(value), out)
      expect([out[0], toHalf(Math.fround(value))]).toEqual([word, word])
    }
  })
})

describe('BF16', () => {
  it('rounds as the oracle does', () => {
    const from = Float32Array.of(1, -2.5, Math.PI, 0.001, 65_504)
    const out = new Uint16Array(5)
    encodeBF16(from, out)
    expect([...out].map((word) => word.toString(16))).toEqual(['3f80', 'c020', '4049', '3a83', '4780'])
    const halves = new Uint16Array(2)
    encodeBF16(new Float32Array(Uint32Array.of(0x3f808000, 0x3f818000).buffer), halves)
    expect([...halves]).toEqual([0x3f80, 0x3f82])
  })

  it('every word that is a number survives', () => {
    const values = new Float32Array(65_536)
    const back = new Uint16Array(65_536)
    decodeBF16(words, values)
    encodeBF16(values, back)
    for (const word of words) if (!Number.isNaN(values[word])) expect(back[word]).toBe(word)
    expect(Number.isNaN(values[0x7fc0])).toBe(true)
    const kept = new Uint16Array(1)
    encodeBF16(Float32Array.of(Number.NaN), kept)
    expect((kept[0] as number) & 0x7fff).toBeGreaterThan(0x7f80)
  })
})

it('the plain codec refuses quantized types by name', () => {
  expect(() => plainCodec.decode('Q4_0', new Uint8Array(18), new Float32Array(32))).toThrow(/Q4_0 cannot be read/)
  expect(() => plainCodec.encode('Q8_0', new Float32Array(32), 32, new Uint8Array(34))).toThrow(/Q8_0 cannot be written/)
})
