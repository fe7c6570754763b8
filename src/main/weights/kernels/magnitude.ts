import type { Ingredients, Pass, Setting } from '../method'
import { bitsOf, countBins, countEqual, countHigh, findBin, highBins, lowBins, vectorsOf } from './bit-counts'
import { guessRanks } from './rank-guess'
import { vectorLoops } from './vector/loops'

/**
 * Exact order statistics of |x| without sorting and without holding a tensor: the bits of a positive float32, read as an integer, grow with it.
 * Two histograms (upper 16 of 31 bits, then the lower 15 inside the bin found) give the bits at a rank; a third pass, where it is needed, counts
 * the entries equal to it before each block, so that ties go to the lower flat index.
 */
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
  /** first looks at a sample and checks what it suggests (see `rank-guess.ts`); neutral: the histograms at once. Not with `closed`. */
  readonly guess?: boolean
}

export interface RankAnswer<P, M> {
  readonly passes: readonly Pass<P, M>[]
  bound(input: Ingredients<P, M>, index: number): Bound
}

export function rankBounds<P, M>(question: RankQuestion<P, M>): RankAnswer<P, M> {
  const guess = question.guess ? guessRanks(question) : undefined
  const exact = { ...question, firstPass: question.firstPass + (guess?.passes.length ?? 0) }
  const passes = [highPass(exact), lowPass(exact), tiePass(exact)]
  if (!guess) return { passes, bound: (input, index) => boundOf(input.known, exact.firstPass, index) }
  const unlessGuessed = passes.map((pass) => ({
    ...pass,
    needed: (known: readonly Float64Array[]) => !guess.holds(known) && (pass.needed?.(known) ?? true),
  }))
  return {
    passes: [...guess.passes, ...unlessGuessed],
    bound: ({ known }, index) => (guess.holds(known) ? guess.bound(known, index) : boundOf(known, exact.firstPass, index)),
  }
}

function boundOf(known: readonly Float64Array[], firstPass: number, index: number): Bound {
  const [bits = 0, above = 0, split = 0] = (known[firstPass + 1] as Float64Array).subarray(index * 3, index * 3 + 3)
  return { bits, above: split === 1 ? above - ((known[firstPass + 2] as Float64Array)[index] as number) : Infinity }
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
    measure: (input, into) => countBins(arrays(input), input.known[firstPass] as Float64Array, into),
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
  const seen = vectorLoops()?.keepAbove(values.byteOffset, end, bits, room, out.byteOffset) ?? 0
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
