import type { Pass } from '../method'
import { countAbove, countBins, countEqual, countHigh, findBin, highBins, lowBins } from './bit-counts'
import type { Bound, RankQuestion } from './magnitude'

/**
 * Differences of models in half precision take few values, each very often, so that a sample nearly always shows which value stands at a rank. Two
 * histograms of a sixteenth of the entries name it, and one pass over all counts what lies above it and what equals it. Where that shows the
 * rank among the equal ones it is exactly what the full histograms would have found, for one reading of all models instead of three.
 */
export interface RankGuess<P, M> {
  readonly passes: readonly Pass<P, M>[]
  /** every bound is where the sample said */
  holds(known: readonly Float64Array[]): boolean
  bound(known: readonly Float64Array[], index: number): Bound
}

/** Numbers of a bound that the sample settles: array, bits, rank among all, and whether enough of the sample equals it for the guess to be worth a try. */
const width = 4
/** Of standard errors of the sample's rank: how many entries of the sample must equal the guess. */
const certainty = 4

export function guessRanks<P, M>(question: RankQuestion<P, M>): RankGuess<P, M> {
  const { firstPass, scope, arrays, boundCount } = question
  const [sampled, checked] = [firstPass + 1, firstPass + 2]
  const rowOf = (known: readonly Float64Array[], index: number): Row => {
    const [array = 0, bits = 0, rank = 0, worth = 0] = (known[sampled] as Float64Array).subarray(index * width, (index + 1) * width)
    return { array, bits, rank, worth: worth === 1, outside: bits < 0 || bits >= 2 ** 31 }
  }
  const places = Array.from({ length: boundCount }, (_, index) => index)
  const check: Pass<P, M> = {
    scope,
    size: 2 * boundCount,
    gives: 'before',
    needed: (known) => places.every((index) => rowOf(known, index).worth),
    measure(input, into) {
      const all = arrays(input)
      for (const index of places) {
        const { array, bits, outside } = rowOf(input.known, index)
        if (outside) continue
        into[2 * index] = countAbove(all[array] as Float32Array, bits)
        into[2 * index + 1] = countEqual(all[array] as Float32Array, bits)
      }
    },
  }
  /** above and equal: before this block, or in all */
  const counts = (known: readonly Float64Array[], index: number, part: 'before' | 'all'): readonly [above: number, equal: number] => {
    const at = 2 * index + (part === 'all' ? 2 * boundCount : 0)
    const [above = 0, equal = 0] = (known[checked] as Float64Array).subarray(at, at + 2)
    return [above, equal]
  }
  return {
    passes: [sampleHigh(question), sampleLow(question), check],
    holds: (known) =>
      (known[checked]?.length ?? 0) > 0 &&
      places.every((index) => {
        const { rank, outside } = rowOf(known, index)
        const [above, equal] = counts(known, index, 'all')
        return outside || (above < rank && rank <= above + equal)
      }),
    bound(known, index) {
      const { bits, rank, outside } = rowOf(known, index)
      if (outside) return { bits, above: bits < 0 ? Infinity : 0 }
      const [[above, equal], [, before]] = [counts(known, index, 'all'), counts(known, index, 'before')]
      return { bits, above: rank === above + equal ? Infinity : rank - above - before }
    },
  }
}

interface Row {
  readonly array: number
  readonly bits: number
  readonly rank: number
  readonly worth: boolean
  /** the bound lies beyond either end: there is nothing to count */
  readonly outside: boolean
}

/** Settles, for each bound: its array, the bin that its rank has in the sample, the sampled entries in the bins above, and the rank in the sample. */
function sampleHigh<P, M>({ scope, arrays, arrayCount, bounds }: RankQuestion<P, M>): Pass<P, M> {
  return {
    scope,
    size: arrayCount * highBins,
    counts: true,
    sampled: true,
    measure(input, into) {
      for (const [index, values] of arrays(input).entries()) countHigh(values, into, index * highBins)
    },
    settle(sums, setting) {
      const rows = bounds(setting.elements, setting).flatMap(({ array, rank }) => {
        const bins = sums.subarray(array * highBins, (array + 1) * highBins)
        const size = bins.reduce((sum, count) => sum + count, 0)
        const inSample = Math.max(1, Math.round((rank / setting.elements) * size))
        return [array, ...(rank <= 0 || rank >= setting.elements || size === 0 ? [-1, 0] : findBin(bins, inSample)), inSample]
      })
      return Float64Array.from([...rows, Math.max(...countsOf(sums, arrayCount))])
    },
  }
}

const countsOf = (sums: Float64Array, arrays: number): number[] =>
  Array.from({ length: arrays }, (_, array) =>
    sums.subarray(array * highBins, (array + 1) * highBins).reduce((sum, count) => sum + count, 0),
  )

function sampleLow<P, M>({ scope, firstPass, arrays, bounds, boundCount }: RankQuestion<P, M>): Pass<P, M> {
  const found = (known: readonly Float64Array[]): Float64Array => (known[firstPass] as Float64Array).subarray(0, boundCount * 4)
  return {
    scope,
    size: boundCount * lowBins,
    counts: true,
    sampled: true,
    measure: (input, into) => countBins(arrays(input), found(input.known), into),
    settle(sums, setting) {
      const rows = found(setting.known)
      const size = setting.known[firstPass]?.at(-1) ?? 0
      const settled = bounds(setting.elements, setting).flatMap(({ array, rank }, index) => {
        const [, bin = 0, before = 0, inSample = 0] = rows.subarray(index * 4, index * 4 + 4)
        if (rank <= 0) return [array, 2 ** 31, rank, 1]
        if (rank >= setting.elements) return [array, -1, rank, 1]
        if (bin < 0) return [array, 0, rank, 0]
        const bins = sums.subarray(index * lowBins, (index + 1) * lowBins)
        const [inner] = findBin(bins, inSample - before)
        const error = Math.sqrt(inSample * (1 - inSample / size))
        return [array, bin * lowBins + inner, rank, (bins[inner] ?? 0) >= certainty * error ? 1 : 0]
      })
      return Float64Array.from(settled)
    },
  }
}
