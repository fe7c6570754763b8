import type { ErrorReport } from '../errors'
import type { Json } from '../json'
import type { WireKind } from '../wire'

/** What came of one row under one variant. */
export interface BatchOutcome {
  readonly row: number
  /** place among the batch's variants */
  readonly variant: number
  readonly status: 'done' | 'failed'
  /** its run, which opens as of then */
  readonly run?: string
  readonly outputs: {
    readonly [name: string]: { readonly kind: WireKind; readonly list: boolean; readonly sha: string; readonly preview: Json }
  }
  /** by the name of the metric; null where it does not apply to this row */
  readonly metrics: { readonly [name: string]: number | null }
  readonly wallMs: number
  readonly tokens: number
  readonly error?: ErrorReport
}

/** Items are numbered row by row, all variants of a row together: comparisons fill from the top. */
export const itemOf = (row: number, variant: number, variants: number): number => row * variants + variant
export const placeOf = (item: number, variants: number): { readonly row: number; readonly variant: number } => ({
  row: Math.floor(item / variants),
  variant: item % variants,
})

export type BatchStatus = 'ready' | 'running' | 'paused' | 'stopped' | 'done' | 'failed'

export interface BatchProgress {
  readonly items: number
  readonly done: number
  readonly failed: number
  /** at work now */
  readonly active: number
  /** estimate from the items of the last minute; absent until there is one */
  readonly secondsLeft?: number
}
