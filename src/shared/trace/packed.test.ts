import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PackedTrace, packTrace } from './packed'
import { disagree, type Origin, type Top, type WholeTrace } from './trace'

const text = fc.string({ maxLength: 6 })
const probability = fc.double({ min: 1e-12, max: 1, noNaN: true })
const top: fc.Arbitrary<Top> = fc.array(
  fc.tuple(text, probability).map((pair) => pair as readonly [string, number]),
  { maxLength: 5 },
)
const nats = fc.double({ min: 0, max: 30, noNaN: true })
const token = fc.record({
  text,
  origin: fc.constantFrom<Origin>('target', 'draft', 'prefix'),
  decidedBy: fc.nat(5),
  disagree: fc.boolean(),
  entropy: nats,
  logprob: nats.map((n) => -n),
  divergence: fc.oneof(nats, fc.constant(null)),
  rejected: fc.array(text, { maxLength: 3 }),
  id: fc.nat(300_000),
  top,
  sourceTop: fc.tuple(top, top).map((pair) => pair as readonly Top[]),
})
const sources = [
  { name: 'toy-base', role: 'expert', weight: 1.5 },
  { name: 'toy-liar', role: 'amateur', weight: null },
]

describe('a packed trace', () => {
  it('gives back what was put in, numbers to 0.0003 nat', () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const opened = new PackedTrace(packTrace({ sources, tokens }))
        expect(opened.sources).toEqual(sources)
        const outline = opened.outline()
        const lists = opened.lists(0, tokens.length)
        tokens.forEach((wanted, i) => {
          const { entropy, logprob, divergence, ...rest } = outline.tokens[i] as (typeof outline.tokens)[number]
          const { text, origin, decidedBy, disagree: differs, rejected } = wanted
          expect(rest).toEqual({ text, origin, decidedBy, disagree: differs, rejected })
          expect(Math.abs((entropy ?? 99) - wanted.entropy)).toBeLessThan(3e-4)
          expect(Math.abs((logprob ?? 99) - wanted.logprob)).toBeLessThan(3e-4)
          expect(divergence === null).toBe(wanted.divergence === null)
          const found = lists[i] as (typeof lists)[number]
          expect(found.id).toBe(wanted.id)
          ;[wanted.top, ...wanted.sourceTop].forEach((list, k) => {
            const got = [found.top, ...found.sourceTop][k] as Top
            expect(got.map(([name]) => name)).toEqual(list.map(([name]) => name))
            got.forEach(([, p], j) => {
              expect(Math.abs(Math.log(p) - Math.log(list[j]?.[1] ?? 0))).toBeLessThan(3e-4)
            })
          })
        })
      }),
    )
  })

  it('reads a slice without the rest, and nothing past the end', () => {
    const opened = new PackedTrace(packTrace(long(1000)))
    expect(opened.lists(998, 50)).toHaveLength(2)
    expect(opened.lists(500, 1)[0]?.id).toBe(500)
    expect(opened.lists(5000, 10)).toEqual([])
  })

  it('takes under 80 bytes a token with two sources and five candidates each, and under a fifth of JSON', () => {
    const trace = long(5000)
    const { length } = packTrace(trace)
    expect(length / 5000).toBeLessThan(80)
    expect(length).toBeLessThan(JSON.stringify(trace).length / 5)
  })

  it('opens 5,000 tokens without reading the lists of all of them', () => {
    const opened = new PackedTrace(packTrace(long(5000)))
    expect(opened.outline().tokens).toHaveLength(5000)
    expect(opened.lists(4872, 128)).toHaveLength(128)
    expect(opened.lists(4872, 128)).toEqual(opened.lists(0, 5000).slice(4872))
  })

  it('refuses what is no trace, or is cut off', () => {
    const bytes = packTrace(long(3))
    expect(() => new PackedTrace(new Uint8Array([1, 2, 3, 4, 5]))).toThrow(RangeError)
    expect(() => new PackedTrace(bytes.slice(0, bytes.length - 4)).lists(2, 1)).toThrow(RangeError)
  })
})

it('sources disagree when their favourites differ; one that was not asked has none', () => {
  expect(disagree([[['a', 0.9]], [['a', 0.5]]])).toBe(false)
  expect(disagree([[['a', 0.9]], [['b', 0.5]]])).toBe(true)
  expect(disagree([[['a', 0.9]], []])).toBe(false)
})

function long(count: number): WholeTrace {
  const words = Array.from({ length: 700 }, (_, i) => ` word${i}`)
  const list = (i: number): Top => Array.from({ length: 5 }, (_, k) => [words[(i * 7 + k * 13) % 700] as string, 0.5 / (k + 1)] as const)
  return {
    sources,
    tokens: Array.from({ length: count }, (_, i) => ({
      text: words[i % 700] as string,
      origin: 'target' as const,
      decidedBy: i % 2,
      disagree: i % 3 === 0,
      entropy: 1.25,
      logprob: -0.5,
      divergence: 0.125,
      rejected: [],
      id: i,
      top: list(i),
      sourceTop: [list(i + 1), list(i + 2)],
    })),
  }
}
