import type { ErrorReport } from '../errors'
import type { Judged } from './assertion'
import type { BatchOutcome, BatchProgress } from './cells'
import type { MetricFigures } from './summary'

/** What `tributary batch --events` prints, one object a line; outcomes come in the order of items, `batch.end` is last. */
export type BatchEventBody =
  | {
      readonly type: 'batch.start'
      readonly graph: string
      readonly rows: number
      readonly variants: readonly string[]
      readonly items: number
      /** items that were done before */
      readonly done: number
      readonly seed: number
    }
  | { readonly type: 'item.start'; readonly row: number; readonly variant: string }
  | ({ readonly type: 'item.end'; readonly row: number; readonly variant: string } & Pick<
      BatchOutcome,
      'status' | 'run' | 'metrics' | 'wallMs' | 'tokens' | 'error'
    >)
  | ({ readonly type: 'metric'; readonly name: string; readonly variant: string } & MetricFigures)
  | ({ readonly type: 'assert' } & Judged)
  | {
      readonly type: 'batch.end'
      readonly status: string
      readonly exit: number
      readonly progress: BatchProgress
      readonly error?: ErrorReport
    }

export type BatchEvent = { readonly e: 1; readonly seq: number; readonly t: number; readonly batch: string } & BatchEventBody
