/** Figures of one metric: how each variant does, and how each differs from the first. */
export interface MetricSummary {
  readonly name: string
  readonly kind: string
  readonly better: 'higher' | 'lower'
  readonly unit: 'share' | 'ms' | 'tokens' | 'number'
  /** in the order of the batch's variants */
  readonly variants: readonly MetricFigures[]
}

export interface MetricFigures {
  /** items with a value; `mean`, `low` and `high` are absent while there is none */
  readonly count: number
  readonly mean?: number
  /** 95 % interval of the mean */
  readonly low?: number
  readonly high?: number
  /** against the first variant, over the rows that both have; absent for the first */
  readonly paired?: PairedFigures
}

export interface PairedFigures {
  readonly rows: number
  /** mean of this variant minus mean of the first */
  readonly difference: number
  readonly wins: number
  readonly losses: number
  /** two-sided p of a difference as large if both were alike; 1 where no row differs */
  readonly p: number
}
