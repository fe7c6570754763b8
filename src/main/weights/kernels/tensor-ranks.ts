import type { Pass } from '../method'
import { countHigh, highBins, lowBins } from './bit-counts'

/**
 * Ranks of magnitudes in a tensor that is not held: one histogram over the upper 16 of 31 bits. Inside a bin (magnitudes within 1/256 of each other) ranks run
 * in a straight line over the lower bits, so a rank is off by less than the entries of its bin; ties share a rank.
 */

/** Settles, for each model and bin, how many entries lie in the bins below; with one more number a model: all. */
export const rankPass = <P, M>(models: number): Pass<P, M> => ({
  scope: 'tensor',
  size: models * highBins,
  counts: true,
  measure({ values }, into) {
    for (const [model, delta] of values.entries()) countHigh(delta, into, model * highBins)
  },
  settle(counts) {
    const below = new Float64Array(models * (highBins + 1))
    for (let model = 0; model < models; model++)
      for (let bin = 0; bin < highBins; bin++)
        below[model * (highBins + 1) + bin + 1] =
          (below[model * (highBins + 1) + bin] as number) + (counts[model * highBins + bin] as number)
    return below
  },
})

/** The rank (0 is the least) of a magnitude of these bits among one model's entries. */
export function tensorRanks(settled: Float64Array, model: number): (bits: number) => number {
  const below = settled.subarray(model * (highBins + 1), (model + 1) * (highBins + 1))
  return (bits) => {
    const bin = Math.floor(bits / lowBins)
    const first = below[bin] as number
    const count = (below[bin + 1] as number) - first
    return first + (Math.max(0, count - 1) * (bits % lowBins)) / (lowBins - 1)
  }
}
