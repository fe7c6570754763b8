import { kernel } from './kernel/index'

/**
 * Scores of every token at one position. Their log-probabilities are `values[v] − logZ`; nothing is normalised before somebody asks.
 * Whoever writes `values` calls `touch()`, which forgets what was known of the old ones.
 */
export class Row {
  readonly values: Float32Array
  /** true: the source has no opinion here (it waits for the rest of a character); mixtures and products leave it out */
  isSilent = false
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

  /** Somebody has computed Σ exp(values − max) on the way; 0: nobody has. */
  learn(total: number): void {
    if (total > 0) this.#logZ ??= this.max + Math.log(total)
  }

  /** Says that the values are new; `logZ` where the writer knows it (0: they are log-probabilities already). */
  touch(logZ?: number): void {
    this.#max = undefined
    this.#logZ = logZ
  }
}

/** A row of given scores, for tests and small tables. */
export const rowOf = (values: ArrayLike<number>): Row => new Row(Float32Array.from(values))

/** The rows of one decoding, given back together when it ends. */
export class RowSpace {
  readonly #taken: Float32Array[] = []

  rows(count: number, size: number): Row[] {
    const taken = kernel.allocate(count, size)
    this.#taken.push(...taken)
    return taken.map((values) => new Row(values))
  }

  row(size: number): Row {
    return this.rows(1, size)[0] as Row
  }

  /** No row of this space may be used afterwards. */
  release(): void {
    kernel.release(this.#taken.splice(0))
  }
}

/** out = log Σ weights[i]·p_i, the mixture of distributions; weights ≥ 0 sum to 1, so the scores are log-probabilities. Silent rows are left out. */
export function mixRows(rows: readonly Row[], weights: readonly number[], out: Row): void {
  const heard = rows.reduce((sum, row, i) => sum + (row.isSilent ? 0 : (weights[i] ?? 0)), 0)
  const totals = kernel.mixture(
    rows.map((row) => row.values),
    rows.map((row) => row.max),
    rows.map((row, i) => (row.isSilent || row.max === -Infinity ? 0 : (weights[i] ?? 0) / heard)),
    out.values,
  )
  rows.forEach((row, i) => {
    row.learn(totals[i] as number)
  })
  out.touch(0)
}

/** out = Σ weights[i]·scores_i, the product of distributions raised to the weights; a weight of 0 and a silent row are left out. */
export function multiplyRows(rows: readonly Row[], weights: readonly number[], out: Row): void {
  kernel.combine(
    rows.map((row) => row.values),
    rows.map((row, i) => (row.isSilent ? 0 : (weights[i] ?? 0))),
    out.values,
  )
  out.touch()
}
