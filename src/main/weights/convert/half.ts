import { vectorLoops, wholeVectors } from '../kernels/vector/loops'
import { isVector } from '../kernels/vector/memory'

/** F16 and BF16 against F32, by tables and bits, or vector loops of the same bits. Rounding is to nearest, ties to even, as IEEE 754 and ggml do it. */

interface Half extends ArrayLike<number> {
  set(values: ArrayLike<number>): void
}
const NativeHalf = (globalThis as { Float16Array?: new (buffer: ArrayBufferLike, offset: number, length: number) => Half }).Float16Array

const bits = new Uint32Array(1)
const float = new Float32Array(bits.buffer)

let halfTable: Float32Array | undefined

function buildHalfTable(): Float32Array {
  const table = new Float32Array(65_536)
  for (let half = 0; half < 65_536; half++) {
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    const sign = half & 0x8000 ? -1 : 1
    if (exponent === 31) table[half] = fraction === 0 ? sign * Infinity : Number.NaN
    else table[half] = sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  }
  return table
}

type Conversion = 'decodeF16' | 'encodeF16' | 'decodeBF16' | 'encodeBF16'

/** What can be converted in whole vectors, is; gives where the plain loop goes on. */
function inVectors(name: Conversion, words: Uint16Array, floats: Float32Array): number {
  const count = wholeVectors(floats.length)
  const loops = vectorLoops()
  if (loops === undefined || count === 0 || !isVector(words, floats)) return 0
  loops[name](words.byteOffset, words.byteOffset + 2 * count, floats.byteOffset)
  return count
}

/** [n] F16 as 16-bit words → [n] float32, exactly */
export function decodeF16(words: Uint16Array, into: Float32Array): void {
  const from = inVectors('decodeF16', words, into)
  halfTable ??= buildHalfTable()
  const table = halfTable
  for (let i = from; i < into.length; i++) into[i] = table[words[i] as number] as number
}

/** [n] float32 → [n] F16; beyond ±65,504 becomes ±Infinity */
export function encodeF16(values: Float32Array, into: Uint16Array): void {
  const from = inVectors('encodeF16', into, values)
  if (NativeHalf && from === 0) new NativeHalf(into.buffer, into.byteOffset, into.length).set(values)
  else for (let i = from; i < values.length; i++) into[i] = toHalf(values[i] as number)
}

export function toHalf(value: number): number {
  float[0] = value
  const word = bits[0] as number
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  // below 2^-14: a whole number of 2^-24, which a float32 sum rounds rightly
  float[0] = Math.abs(value) + 0.5
  return sign | ((bits[0] as number) - 0x3f000000)
}

/** [n] BF16 → [n] float32: the words are the upper halves */
export function decodeBF16(words: Uint16Array, into: Float32Array): void {
  const target = new Int32Array(into.buffer, into.byteOffset, into.length)
  for (let i = inVectors('decodeBF16', words, into); i < target.length; i++) target[i] = (words[i] as number) << 16
}

/** [n] float32 → [n] BF16; NaN stays NaN */
export function encodeBF16(values: Float32Array, into: Uint16Array): void {
  const source = new Int32Array(values.buffer, values.byteOffset, values.length)
  for (let i = inVectors('encodeBF16', into, values); i < source.length; i++) {
    const word = source[i] as number
    into[i] = (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  }
}
