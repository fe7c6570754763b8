import { type Code, type FunctionSource, get, i32, i32Add, i32LtU, repeatWhile, set, tee, v128 } from '../../../../shared/wasm/assembler'

/**
 * Conversions between F32 and its halves, eight entries at a time, with the very bits of `convert/half.ts`. Parameters: the first and past-the-end
 * address of the halves, and the address of the floats; only whole eights.
 */
const [halves, end, floats, low, high] = [0, 1, 2, 3, 4]

const advance: Code = [
  [get(floats), i32(32), i32Add, set(floats)],
  [get(halves), i32(16), i32Add, set(halves), get(halves), get(end), i32LtU],
]
const loadFloats = (part: 0 | 1): Code => [get(floats), i32(16 * part), i32Add, v128.load]
const magnitude = (word: number): Code => [get(word), v128.i32(0x7fffffff), v128.and]
/** what is above `bits`, as a mask; magnitudes are positive integers */
const above = (value: number, bits: number): Code => [get(value), v128.i32(bits), v128.i32More]
/** + half a step less one + the last bit that stays, then cut: to nearest, ties to even */
const rounded = (value: number, bits: number): Code => [
  [get(value), v128.i32(2 ** (bits - 1) - 1), v128.i32Add],
  [get(value), i32(bits), v128.i32ShrU, v128.i32(1), v128.and, v128.i32Add, i32(bits), v128.i32ShrU],
]

const decoder = (name: string, locals: FunctionSource['locals'], wide: (word: number) => Code): FunctionSource => ({
  name,
  params: ['i32', 'i32', 'i32'],
  locals: ['v128', 'v128', ...locals],
  body: repeatWhile([
    [get(halves), v128.load, tee(low), v128.highU16, set(high), get(low), v128.lowU16, set(low)],
    [get(floats), wide(low), v128.store],
    [get(floats), i32(16), i32Add, wide(high), v128.store],
    advance,
  ]),
})

const encoder = (name: string, locals: FunctionSource['locals'], narrow: (word: number) => Code): FunctionSource => ({
  name,
  params: ['i32', 'i32', 'i32'],
  locals: ['v128', 'v128', ...locals],
  body: repeatWhile([
    [loadFloats(0), set(low), loadFloats(1), set(high)],
    [get(halves), narrow(low), narrow(high), v128.narrowU16, v128.store],
    advance,
  ]),
})

const m = 5

export const convertSources: readonly FunctionSource[] = [
  decoder('decodeBF16', [], (word) => [get(word), i32(16), v128.i32Shl]),
  decoder('decodeF16', ['v128'], (word) => [
    [get(word), v128.i32(0x7fff), v128.and, set(m)],
    // below 2^-14: whole numbers of 2^-24, which lie in the last bits of ½ … 1
    [get(m), v128.i32(0x3f000000), v128.or, v128.f32(0.5), v128.sub],
    [get(m), i32(13), v128.i32Shl, v128.i32(0x38000000), v128.i32Add],
    [above(m, 0x7bff), v128.i32(0x38000000), v128.and, v128.i32Add],
    [v128.i32(0x400), get(m), v128.i32More, v128.select],
    [get(word), v128.i32(0x8000), v128.and, i32(16), v128.i32Shl, v128.or],
  ]),
  encoder('encodeBF16', ['v128'], (word) => [
    [get(word), i32(16), v128.i32ShrU, v128.i32(0x40), v128.or],
    rounded(word, 16),
    [magnitude(word), set(m), above(m, 0x7f800000), v128.select],
  ]),
  encoder('encodeF16', ['v128'], (word) => [
    [magnitude(word), set(m)],
    [v128.i32(0x7e00), v128.i32(0x7c00), above(m, 0x7f800000), v128.select],
    [get(m), v128.f32(0.5), v128.add, v128.i32(0x3f000000), v128.i32Sub],
    [rounded(m, 13), v128.i32(0x1c000), v128.i32Sub],
    [v128.i32(0x38800000), get(m), v128.i32More, v128.select],
    [above(m, 0x477fefff), v128.select],
    [get(word), i32(16), v128.i32ShrU, v128.i32(0x8000), v128.and, v128.or],
  ]),
]
