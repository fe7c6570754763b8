import type { Ingredients, Pass, Setting } from '../method'
import { loops, wholeVectors } from './vector/loops'
import { isVector } from './vector/memory'

/**
 * Exact order statistics of |x| without sorting and without holding a tensor: the bits of a positive float32, read as an integer, grow with it.
 * Two histograms (upper 16 of 31 bits, then the lower 15 inside the bin found) give the bits at a rank; a third pass, where it is needed, counts
 * the entries equal to it before each block, so that ties go to the lower flat index.
 */
const lowBits = 15
const highBins = 65_536
const lowBins = 1 << lowBits

/** A bound in the order: what is larger lies above it, and of the equal entries the first `above` in flat order. */
export interface Bound {
  /** bits of the magnitude; −1: everything lies above · 2^31: nothing does */
  readonly bits: number
  readonly above: number
}

export interface RankQuestion<P, M> {
  readonly scope: 'tensor' | 'model'
  /** where in `known` the three passes stand */
  readonly firstPass: number
  /** the arrays whose magnitudes are ordered, of one block */
  arrays(input: Ingredients<P, M>): readonly Float32Array[]
  readonly arrayCount: number
  /** for each bound: which array, and how many entries lie above it, largest first; fractions are not allowed */
  bounds(
    elements: number,
    setting: Setting<P, M> & { readonly known: readonly Float64Array[] },
  ): readonly { readonly array: number; readonly rank: number }[]
  readonly boundCount: number
  /** a bound with all entries above it is the least of them; neutral: there is nothing to look for */
  readonly closed?: boolean
}

export interface RankAnswer<P, M> {
  readonly passes: readonly Pass<P, M>[]
  bound(input: Ingredients<P, M>, index: number): Bound
}

export function rankBounds<P, M>(question: RankQuestion<P, M>): RankAnswer<P, M> {
  const { firstPass } = question
  return {
    passes: [highPass(question), lowPass(question), tiePass(question)],
    bound(input, index) {
      const settled = input.known[firstPass + 1] as Float64Array
      const [bits = 0, above = 0, split = 0] = settled.subarray(index * 3, index * 3 + 3)
      return { bits, above: split === 1 ? above - ((input.known[firstPass + 2] as Float64Array)[index] as number) : Infinity }
    },
  }
}

/** Settles, for each bound: its array, the bin of its rank, the entries in the bins above, and the rank. */
function highPass<P, M>({ scope, arrays, arrayCount, bounds, closed }: RankQuestion<P, M>): Pass<P, M> {
  return {
    scope,
    size: arrayCount * highBins,
    counts: true,
    measure(input, into) {
      for (const [index, values] of arrays(input).entries()) countHigh(values, into, index * highBins)
    },
    settle(sums, setting) {
      const rows = bounds(setting.elements, setting).map(({ array, rank }) => [
        array,
        // −1: beyond either end, nothing to look for
        ...(isOutside(rank, setting.elements, closed) ? [-1, 0] : findBin(sums.subarray(array * highBins, (array + 1) * highBins), rank)),
        rank,
      ])
      return Float64Array.from(rows.flat())
    },
  }
}

/** Beyond either end there is nothing to look for. */
const isOutside = (rank: number, elements: number, closed = false): boolean =>
  rank <= 0 || rank > elements || (rank === elements && !closed)

/** Settles, for each bound: the bits at its rank, how many of the equal entries lie above it, and whether that is some but not all of them. */
function lowPass<P, M>({ scope, firstPass, arrays, boundCount, closed }: RankQuestion<P, M>): Pass<P, M> {
  const places = Array.from({ length: boundCount }, (_, index) => index)
  return {
    scope,
    size: boundCount * lowBins,
    counts: true,
    measure(input, into) {
      const found = input.known[firstPass] as Float64Array
      const all = arrays(input)
      for (const index of places)
        countLow(all[found[index * 4] as number] as Float32Array, found[index * 4 + 1] as number, into, index * lowBins)
    },
    settle(sums, { known, elements }) {
      const found = known[firstPass] as Float64Array
      const rows = places.map((index) => {
        const [, bin = 0, before = 0, rank = 0] = found.subarray(index * 4, index * 4 + 4)
        if (rank <= 0) return [2 ** 31, 0, 0]
        if (isOutside(rank, elements, closed)) return [-1, 0, 0]
        const bins = sums.subarray(index * lowBins, (index + 1) * lowBins)
        const [inner, above] = findBin(bins, rank - before)
        const equalAbove = rank - before - above
        return [bin * lowBins + inner, equalAbove, equalAbove < (bins[inner] ?? 0) ? 1 : 0]
      })
      return Float64Array.from(rows.flat())
    },
  }
}

function tiePass<P, M>({ scope, firstPass, arrays, boundCount }: RankQuestion<P, M>): Pass<P, M> {
  return {
    scope,
    size: boundCount,
    gives: 'before',
    needed: (known) => (known[firstPass + 1] as Float64Array).some((value, index) => index % 3 === 2 && value === 1),
    measure(input, into) {
      const found = input.known[firstPass] as Float64Array
      const settled = input.known[firstPass + 1] as Float64Array
      const all = arrays(input)
      for (let index = 0; index < boundCount; index++)
        if (settled[index * 3 + 2] === 1)
          into[index] = countEqual(all[found[index * 4] as number] as Float32Array, settled[index * 3] as number)
    },
  }
}

/** The bound that nothing lies above. */
export const nothingAbove: Bound = { bits: 2 ** 31, above: 0 }

/** The magnitude whose bits these are. */
export function magnitudeOf(bits: number): number {
  return new Float32Array(Int32Array.of(bits).buffer)[0] as number
}

/** Entries of `values` that a vector loop can take, given the other array that it touches. */
const vectorsOf = (values: Float32Array, other: ArrayBufferView = values): number =>
  loops !== undefined && isVector(values, other) ? wholeVectors(values.length) : 0

const bitsOf = (values: Float32Array): Int32Array => new Int32Array(values.buffer, values.byteOffset, values.length)

function countHigh(values: Float32Array, into: Float64Array, at: number): void {
  const words = bitsOf(values)
  const from = vectorsOf(values, into)
  if (from > 0) loops?.countHigh(values.byteOffset, values.byteOffset + 4 * from, into.byteOffset + 8 * at)
  for (let i = from; i < words.length; i++) {
    const bin = at + (((words[i] as number) & 0x7fffffff) >>> lowBits)
    into[bin] = (into[bin] as number) + 1
  }
}

function countLow(values: Float32Array, high: number, into: Float64Array, at: number): void {
  if (high < 0) return
  const words = bitsOf(values)
  const from = vectorsOf(values, into)
  if (from > 0) loops?.countLow(values.byteOffset, values.byteOffset + 4 * from, high, into.byteOffset + 8 * at)
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
  if (from > 0 && loops?.anyAtLeast(values.byteOffset, values.byteOffset + 4 * from, bits) === 1) return true
  for (let i = from; i < words.length; i++) if (((words[i] as number) & 0x7fffffff) >= bits) return true
  return false
}

function countEqual(values: Float32Array, bits: number): number {
  const words = bitsOf(values)
  const from = vectorsOf(values)
  let equal = from > 0 ? (loops?.countEqual(values.byteOffset, values.byteOffset + 4 * from, bits) ?? 0) : 0
  for (let i = from; i < words.length; i++) if (((words[i] as number) & 0x7fffffff) === bits) equal++
  return equal
}

/** From the top: the bin in which the entry of this rank (1 is the largest) lies, and how many entries lie in the bins above it. */
function findBin(bins: Float64Array, rank: number): [bin: number, above: number] {
  let above = 0
  for (let bin = bins.length - 1; bin >= 0; bin--) {
    const here = bins[bin] as number
    if (here > 0 && above + here >= rank) return [bin, above]
    above += here
  }
  return [0, above]
}

/** Copies the entries below `upper` and above `lower` in the order of magnitude, and zeroes the others. [n] → [n] */
export function keepBetween(values: Float32Array, upper: Bound, lower: Bound, out: Float32Array): void {
  const words = bitsOf(values)
  if (upper.bits === nothingAbove.bits && lower.bits < nothingAbove.bits && vectorsOf(values, out) > 0) {
    keepInVectors(values, lower, out)
    return
  }
  if (upper.bits === nothingAbove.bits && lower.above === Infinity) {
    const least = lower.bits
    for (let i = 0; i < words.length; i++) out[i] = ((words[i] as number) & 0x7fffffff) >= least ? (values[i] as number) : 0
    return
  }
  if (upper.bits === nothingAbove.bits) {
    keepAbove(values, words, lower, out)
    return
  }
  let seenUpper = 0
  let seenLower = 0
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as number) & 0x7fffffff
    const aboveUpper = word > upper.bits || (word === upper.bits && seenUpper++ < upper.above)
    const aboveLower = word > lower.bits || (word === lower.bits && seenLower++ < lower.above)
    out[i] = aboveLower && !aboveUpper ? (values[i] as number) : 0
  }
}

const most = 2 ** 31 - 1

/** The plain loop goes on where whole vectors end, with what is left of the ties. */
function keepInVectors(values: Float32Array, { bits, above }: Bound, out: Float32Array): void {
  const count = vectorsOf(values, out)
  const room = Math.min(most, Math.max(0, above))
  const end = values.byteOffset + 4 * count
  const seen = loops?.keepAbove(values.byteOffset, end, bits, room, out.byteOffset) ?? 0
  const rest = values.subarray(count)
  keepAbove(rest, bitsOf(rest), { bits, above: room - seen }, out.subarray(count))
}

/** Ties: of the entries at the bound, the first `above` in flat order stay. */
function keepAbove(values: Float32Array, words: Int32Array, { bits, above }: Bound, out: Float32Array): void {
  let seen = 0
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as number) & 0x7fffffff
    out[i] = word > bits || (word === bits && seen++ < above) ? (values[i] as number) : 0
  }
}
