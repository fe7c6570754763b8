/**
 * The q-th percentile, q in 0..100, linear between ranks: `h = q / 100 · (n - 1)` on the sorted copy. NaN is left out. Throws RangeError outside 0..100 and when no
 * number is left.
 */
export function percentile(values: readonly number[], q: number): number {
  if (!(q >= 0 && q <= 100)) throw new RangeError(`a percentile lies in 0 to 100, not ${q}`)
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  if (sorted.length === 0) throw new RangeError('no values to take a percentile of')
  const h = (q / 100) * (sorted.length - 1)
  const low = sorted[Math.floor(h)]!
  const high = sorted[Math.ceil(h)]!
  return low === high ? low : low + (h - Math.floor(h)) * (high - low)
}
