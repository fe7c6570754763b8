/**
 * The few loops over a whole vocabulary. Rows are float32, sums are float64, −Infinity is an impossible token.
 * A NaN anywhere in a row shows in the result of `maximum` and of `logSumExp`.
 */
export interface Kernel {
  readonly name: string
  /** `count` rows of `size` entries on which this kernel is at its fastest; other Float32Arrays are taken too. */
  allocate(count: number, size: number): Float32Array[]
  /** Gives rows of `allocate` back; they must not be touched any more. */
  release(rows: readonly Float32Array[]): void
  /** largest entry; NaN where the row holds a NaN; −Infinity for an empty row */
  maximum(row: Float32Array): number
  /** log Σ exp(scale·row), scale > 0; `max` is `maximum(row)` */
  logSumExp(row: Float32Array, max: number, scale?: number): number
  /** indices of possible entries that are at least `threshold`, ascending */
  collect(row: Float32Array, threshold: number): Int32Array
  /** out[v] += factor·row[v], finite entries; `out` is at least as long */
  accumulate(row: Float32Array, factor: number, out: Float32Array): void
  /** Σ exp(row − max) and Σ row·exp(row − max), impossible tokens left out; entropy = max + log total − weighted / total */
  moments(row: Float32Array, max: number): { readonly total: number; readonly weighted: number }
  /** out = Σ weights[i]·rows[i]; a weight of 0 leaves its row out, impossible tokens included. `out` may be one of the rows. */
  combine(rows: readonly Float32Array[], weights: readonly number[], out: Float32Array): void
  /**
   * out = log Σ weights[i]·softmax(rows[i]), weights ≥ 0. Gives Σ exp(rows[i] − maxima[i]) for each row; 0 for a row of weight 0, which is not read.
   * `out` may be one of the rows.
   */
  mixture(rows: readonly Float32Array[], maxima: readonly number[], weights: readonly number[], out: Float32Array): number[]
  /** row = log row, entries ≥ 0; log 0 = −Infinity. Gives the sum of the entries. */
  logarithms(row: Float32Array): number
  /** out = exp(scale·(row − max)), scale > 0; returns Σ out */
  exponentials(row: Float32Array, max: number, scale: number, out: Float32Array): number
}
