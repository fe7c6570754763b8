import { kernel } from './kernel/index'

/**
 * Scores of every token at one position. Their log-probabilities are `values[v] − logZ`; nothing is normalised before somebody asks.
 * Whoever writes `values` calls `touch()`, which forgets what was known of the old ones.
 */
export class Row {
  readonly values: Float32Array
  #max: number | undefined
  #logZ: number | undefined

  constructor(values: Float32Array) {
    this.values = values
  }

  /** The largest score; NaN where the row holds a NaN. */
  get max(): number {
    this.#max ??= kernel.maximum(this.values)
    return this.#max
  }

  /** log Σ exp(values) */
  get logZ(): number {
    this.#logZ ??= kernel.logSumExp(this.values, this.max)
    return this.#logZ
  }

  logprob(token: number): number {
    return (this.values[token] ?? -Infinity) - this.logZ
  }

  /** Says that the values are new; `logZ` where the writer knows it (0: they are log-probabilities already). */
  touch(logZ?: number): void {
    this.#max = undefined
    this.#logZ = logZ
  }
}

/** A row of given scores, for tests and small tables. */
export const rowOf = (values: ArrayLike<number>): Row => new Row(Float32Array.from(values))

/** `count` rows of `size` scores, in memory that the kernel is fastest on. */
export const allocateRows = (count: number, size: number): Row[] => kernel.allocate(count, size).map((values) => new Row(values))
