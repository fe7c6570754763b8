import { describe, expect, it } from 'vitest'
import { decodeBF16, decodeF16, encodeBF16, encodeF16 } from '../../convert/half'
import { anyAtLeast } from '../bit-counts'
import { electAndJoin } from '../consensus'
import { canCombineHalves, changeOfHalves, combineHalves } from '../halves'
import { add, combineLinear, dot, subtract } from '../linear'
import { type Bound, keepBetween, nothingAbove, rankBounds } from '../magnitude'
import { vectorLoops } from './loops'
import { give, isVector, takeBytes, takeFloats } from './memory'

/** Every loop is run on the same numbers in vector memory and in plain memory: the bits must be the same. */
const lengths = [1, 7, 8, 9, 1000, 1021]

/** Numbers of all sizes, signed zeros, equal magnitudes and subnormals. */
function numbers(length: number, seed: number): Float32Array {
  let state = seed
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const special = [0, -0, 0.5, -0.5, 0.5, 1e-40, -1e-30, 3e38, 2 ** -24, 65_519, 65_520, 6e-5]
  return Float32Array.from({ length }, () =>
    draw() < 0.3 ? (special[Math.floor(draw() * 12)] as number) : (draw() - 0.5) * 10 ** (4 * draw() - 3),
  )
}

const inVectors = (values: Float32Array): Float32Array => {
  const held = takeFloats(values.length)
  held.set(values)
  return held
}
const inHalves = (values: Float32Array): Uint16Array => {
  const bytes = takeBytes(values.length * 2)
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, values.length)
  encodeBF16(values, words)
  return words
}
const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(values.buffer, values.byteOffset, values.length)]

/** Runs the same on copies of the inputs in either memory, and compares the outputs' bits. */
function expectSame(inputs: readonly Float32Array[], run: (inputs: readonly Float32Array[], out: Float32Array) => void): void {
  const length = inputs[0]?.length ?? 0
  const [plain, vector] = [new Float32Array(length), takeFloats(length)]
  const moved = inputs.map(inVectors)
  expect(moved.every((input) => isVector(input, vector))).toBe(true)
  run(inputs, plain)
  run(moved, vector)
  expect(bitsOf(vector)).toEqual(bitsOf(plain))
  for (const array of [...moved, vector]) give(array)
}

it('this engine has vector loops', () => expect(vectorLoops()).toBeDefined())

describe.each(lengths)('%i entries, bit for bit', (length) => {
  const inputs = Array.from({ length: 9 }, (_, index) => numbers(length, index + 1))
  const weights = [0.3, -0.7, 1, 1 / 3, 0.1, -1e-3, 2, 0.9, 0.25]

  it.each([1, 2, 3, 4, 8, 9])('weighted sums of %i models', (models) => {
    expectSame(inputs.slice(0, models), (arrays, out) => combineLinear(arrays, weights.slice(0, models), out))
  })

  it.each([1, 2, 3, 8, 9])('election and joining of %i models, weights that cancel included', (models) => {
    for (const normalize of [true, false])
      for (const shares of [weights, weights.map((_, index) => (index % 2 === 0 ? 1 : -1)), weights.map(() => 1)])
        expectSame(inputs.slice(0, models), (arrays, out) =>
          electAndJoin(arrays, shares.slice(0, models), { vote: 'sum', join: 'mean', normalize }, out),
        )
  })

  it.each([1, 2, 3, 4, 8])('sums of %i models in BF16, and sums of their changes', (models) => {
    const even = length - (length % 8)
    const finite = inputs.map((input) => input.subarray(0, even).map((value) => (Math.abs(value) > 1e30 ? 1 : value)))
    const [base, ...rest] = finite.slice(0, models + 1).map(inHalves) as [Uint16Array, ...Uint16Array[]]
    const floats = (words: Uint16Array): Float32Array => {
      const values = new Float32Array(even)
      decodeBF16(words, values)
      return values
    }
    for (const factors of [
      weights.slice(0, models),
      Array.from({ length: models }, (_, index) => 2 ** -(index % 3) * (index % 2 ? -1 : 1)),
    ])
      for (const from of [undefined, base]) {
        const values = rest.map(floats)
        const wanted = new Float32Array(even)
        if (from)
          for (const [model, value] of values.entries()) {
            subtract(value, floats(from), value)
            const change = takeFloats(even)
            expect(changeOfHalves(rest[model] as Uint16Array, from, change)).toBe(true)
            expect(bitsOf(change)).toEqual(bitsOf(value))
            give(change)
          }
        combineLinear(values, factors, wanted)
        if (from) add(wanted, floats(from), wanted)
        const [given, words] = [inHalves(wanted).fill(1), new Uint16Array(even)]
        encodeBF16(wanted, words)
        expect(combineHalves(rest, factors, given, from)).toBe(true)
        expect([...given]).toEqual([...words])
        give(given)
      }
    for (const array of [base, ...rest]) give(array)
  })

  it('differences and sums', () => {
    expectSame(inputs.slice(0, 2), ([a, b], out) => subtract(a as Float32Array, b as Float32Array, out))
    expectSame(inputs.slice(0, 2), ([a, b], out) => add(a as Float32Array, b as Float32Array, out))
  })

  it('inner products, of parts that begin anywhere too', () => {
    const [a, b] = inputs.map((input) => input.map((value) => (Math.abs(value) > 1e30 ? 1 : value))) as [Float32Array, Float32Array]
    const [x, y] = [inVectors(a), inVectors(b)]
    for (const from of [0, 1, 3]) {
      const given = dot(x.subarray(from), y.subarray(from))
      expect(given).toBe(dot(a.subarray(from), b.subarray(from)))
      const wanted = a.subarray(from).reduce((sum, value, i) => sum + value * (b[from + i] as number), 0)
      expect(Math.abs(given - wanted)).toBeLessThanOrEqual(1e-12 * a.reduce((sum, value, i) => sum + Math.abs(value * (b[i] as number)), 1))
    }
    give(x)
    give(y)
  })

  it('what is kept above a bound, ties by flat index', () => {
    const half = 0x3f000000
    const bounds: Bound[] = [-1, 0, half, half - 1, 0x7f000000, 2 ** 31].flatMap((bits) =>
      [-3, 0, 1, 5, Infinity].map((above) => ({ bits, above })),
    )
    for (const bound of bounds) expectSame(inputs.slice(0, 1), ([a], out) => keepBetween(a as Float32Array, nothingAbove, bound, out))
  })

  it('the largest magnitude, NaN and infinity included', () => {
    for (const [at, value] of [
      [0, NaN],
      [length - 1, Infinity],
      [length >> 1, -Infinity],
      [0, 1],
    ] as const) {
      const values = numbers(length, 3).map((one) => one / 1e10)
      values[at] = value
      const moved = inVectors(values)
      for (const bits of [0x7f800000, 0x477ff000, 0x3f800000]) expect(anyAtLeast(moved, bits)).toBe(anyAtLeast(values, bits))
      give(moved)
    }
  })

  it('counts of magnitudes', () => {
    const [values] = inputs as [Float32Array]
    const [high, low, tie] = rankBounds<object, object>({
      scope: 'tensor',
      firstPass: 0,
      arrays: (input) => input.values,
      arrayCount: 1,
      boundCount: 1,
      bounds: () => [],
    }).passes
    const known = [Float64Array.of(0, 0x3f000000 >>> 15, 0, 1), Float64Array.of(0x3f000000, 0, 1)]
    const moved = inVectors(values)
    for (const [pass, size] of [
      [high, 65_536],
      [low, 32_768],
      [tie, 1],
    ] as const) {
      const tables = [values, moved].map((array, index) => {
        const bytes = takeBytes(size * 8)
        const table =
          index === 0 || !isVector(bytes) ? new Float64Array(size) : new Float64Array(bytes.buffer, bytes.byteOffset, size).fill(0)
        pass?.measure({ values: [array], known } as unknown as Parameters<NonNullable<typeof pass>['measure']>[0], table)
        give(bytes)
        return [...table]
      })
      expect(tables[1]).toEqual(tables[0])
      expect((tables[0] ?? []).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(length)
    }
    give(moved)
  })
})

describe('sums in BF16', () => {
  it('tell of a sum that is no number, and only of that', () => {
    // the largest BF16, and two of its halves; infinity; infinity less infinity
    for (const [a, b, isNumber] of [
      [3.3895313892515355e38, 0, true],
      [3.3895313892515355e38, 3.3895313892515355e38, false],
      [Infinity, 1, false],
      [Infinity, -Infinity, false],
      [1, NaN, false],
    ] as const)
      for (const factors of [
        [1, 1],
        [0.9999, 0.9999],
      ]) {
        const [x, y] = [a, b].map((value) => inHalves(Float32Array.of(0, 0, 0, value, 0, 0, 0, 0))) as [Uint16Array, Uint16Array]
        const out = inHalves(new Float32Array(8))
        expect(combineHalves([x, y], factors, out)).toBe(isNumber)
        for (const array of [x, y, out]) give(array)
      }
  })

  it('are refused where a plain loop would have to serve', () => {
    expect(canCombineHalves(2, 12)).toBe(false)
    expect(canCombineHalves(9, 16)).toBe(false)
    const [inside, outside] = [inHalves(new Float32Array(8)), new Uint16Array(8)]
    expect(combineHalves([outside], [1], inside)).toBeUndefined()
    expect(combineHalves([inside], [1], outside)).toBeUndefined()
    expect(changeOfHalves(inside, outside, new Float32Array(8))).toBe(false)
    give(inside)
  })
})

describe('inner products', () => {
  it('add eight sums in the order that is written down', () => {
    // 1 and 2⁻⁵³ are told apart only where small terms are added to each other first: entries 0 and 8 share a sum, 2 and 10 another
    const tiny = 2 ** -53
    const a = Float32Array.of(1, 0, tiny, 0, 0, 0, 0, 0, 0, 0, tiny, 0, 0, 0, 0, 0)
    const ones = a.map(() => 1)
    expect(dot(a, ones)).toBe(1 + 2 * tiny)
    expect(dot(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), Float32Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1))).toBe(165)
    expect(dot(new Float32Array(0), new Float32Array(0))).toBe(0)
  })

  it('are sums of blocks, the same in either memory', () => {
    const [a, b] = [numbers(140_003, 5), numbers(140_003, 6)].map((all) => all.map((value) => (Math.abs(value) > 1e30 ? 1 : value))) as [
      Float32Array,
      Float32Array,
    ]
    const [x, y] = [inVectors(a), inVectors(b)]
    const blocks = [0, 65_536, 131_072].map((from) => dot(a.subarray(from, from + 65_536), b.subarray(from, from + 65_536)))
    expect(dot(x, y)).toBe(blocks.reduce((sum, block) => sum + block, 0))
    expect(dot(a, b)).toBe(dot(x, y))
    give(x)
    give(y)
  })
})

describe('conversions, bit for bit', () => {
  const decoders = [decodeF16, decodeBF16] as const
  it('every half word that is a number', () => {
    const words = Uint16Array.from({ length: 65_536 }, (_, index) => index)
    const bytes = takeBytes(65_536 * 2)
    const moved = new Uint16Array(bytes.buffer, bytes.byteOffset, 65_536)
    moved.set(words)
    for (const decode of decoders) {
      const [plain, vector] = [new Float32Array(65_536), takeFloats(65_536)]
      decode(words, plain)
      decode(moved, vector)
      const [wanted, given] = [bitsOf(plain), bitsOf(vector)]
      for (let word = 0; word < 65_536; word++)
        if (Number.isNaN(plain[word])) expect(vector[word]).toBeNaN()
        else if (wanted[word] !== given[word]) expect.unreachable(`${decode.name} of ${word}`)
      give(vector)
    }
    give(bytes)
  })

  it('floats about every place where a half rounds, overflows, or is no number', () => {
    const words = Uint32Array.from(
      { length: 65_536 * 4 },
      (_, index) => ((index >>> 2) << 16) | ([0, 0x1000, 0x7fff, 0x8000][index & 3] as number),
    )
    const fine = Uint32Array.from({ length: 65_536 * 4 }, (_, index) => 0x33000000 + index * 1361)
    for (const values of [new Float32Array(words.buffer), new Float32Array(fine.buffer)])
      for (const encode of [encodeF16, encodeBF16]) {
        const source = inVectors(values)
        new Uint32Array(source.buffer, source.byteOffset, source.length).set(new Uint32Array(values.buffer))
        const bytes = takeBytes(values.length * 2)
        const [plain, vector] = [new Uint16Array(values.length), new Uint16Array(bytes.buffer, bytes.byteOffset, values.length)]
        encode(values, plain)
        encode(source, vector)
        for (let i = 0; i < values.length; i++)
          if (plain[i] !== vector[i] && !Number.isNaN(values[i]))
            expect.unreachable(`${encode.name} of ${values[i]}: ${plain[i]}, ${vector[i]}`)
        give(source)
        give(bytes)
      }
  })
})
