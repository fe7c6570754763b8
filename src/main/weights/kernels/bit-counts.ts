import { vectorLoops, wholeVectors } from './vector/loops'
import { isVector } from './vector/memory'

/** Counts over the bits of magnitudes: the bits of a positive float32, read as an integer, grow with it. */

const lowBits = 15
/** bins of the upper 16 of 31 bits */
export const highBins = 65_536
/** bins of the lower 15 bits, within one of the upper ones */
export const lowBins = 1 << lowBits

/** Entries of `values` that a vector loop can take, given the other array that it touches. */
export const vectorsOf = (values: Float32Array, other: ArrayBufferView = values): number =>
  vectorLoops() !== undefined && isVector(values, other) ? wholeVectors(values.length) : 0

export const bitsOf = (values: Float32Array): Int32Array => new Int32Array(values.buffer, values.byteOffset, values.length)

export function countHigh(values: Float32Array, into: Float64Array, at: number): void {
  const words = bitsOf(values)
  const from = vectorsOf(values, into)
  if (from > 0) vectorLoops()?.countHigh(values.byteOffset, values.byteOffset + 4 * from, into.byteOffset + 8 * at)
  for (let i = from; i < words.length; i++) {
    const bin = at + (((words[i] as number) & 0x7fffffff) >>> lowBits)
    into[bin] = (into[bin] as number) + 1
  }
}

function countLow(values: Float32Array, high: number, into: Float64Array, at: number): void {
  if (high < 0) return
  const words = bitsOf(values)
  const from = vectorsOf(values, into)
  if (from > 0) vectorLoops()?.countLow(values.byteOffset, values.byteOffset + 4 * from, high, into.byteOffset + 8 * at)
  for (let i = from; i < words.length; i++) {
    const word = (words[i] as number) & 0x7fffffff
    if (word >>> lowBits !== high) continue
    const bin = at + (word & (lowBins - 1))
    into[bin] = (into[bin] as number) + 1
  }
}

/** Whether a magnitude is at least the one of these bits; NaN lies above infinity. */
export function anyAtLeast(values: Float32Array, bits: number): boolean {
  const words = bitsOf(values)
  const from = vectorsOf(values)
  if (from > 0 && vectorLoops()?.anyAtLeast(values.byteOffset, values.byteOffset + 4 * from, bits) === 1) return true
  for (let i = from; i < words.length; i++) if (((words[i] as number) & 0x7fffffff) >= bits) return true
  return false
}

/** How many magnitudes are larger than the one of these bits. */
export function countAbove(values: Float32Array, bits: number): number {
  const words = bitsOf(values)
  const from = vectorsOf(values)
  let above = from > 0 ? (vectorLoops()?.countAbove(values.byteOffset, values.byteOffset + 4 * from, bits) ?? 0) : 0
  for (let i = from; i < words.length; i++) if (((words[i] as number) & 0x7fffffff) > bits) above++
  return above
}

export function countEqual(values: Float32Array, bits: number): number {
  const words = bitsOf(values)
  const from = vectorsOf(values)
  let equal = from > 0 ? (vectorLoops()?.countEqual(values.byteOffset, values.byteOffset + 4 * from, bits) ?? 0) : 0
  for (let i = from; i < words.length; i++) if (((words[i] as number) & 0x7fffffff) === bits) equal++
  return equal
}

/** From the top: the bin in which the entry of this rank (1 is the largest) lies, and how many entries lie in the bins above it. */
export function findBin(bins: Float64Array, rank: number): [bin: number, above: number] {
  let above = 0
  for (let bin = bins.length - 1; bin >= 0; bin--) {
    const here = bins[bin] as number
    if (here > 0 && above + here >= rank) return [bin, above]
    above += here
  }
  return [0, above]
}

/** Counts the lower bits of what lies in the bin that the first histogram found for each bound. */
export function countBins(arrays: readonly Float32Array[], found: Float64Array, into: Float64Array): void {
  for (let index = 0; index * 4 < found.length; index++)
    countLow(arrays[found[index * 4] as number] as Float32Array, found[index * 4 + 1] as number, into, index * lowBins)
}
