import type { ErrorReport } from '../errors'
import type { GraphInterface } from '../graph/document'
import type { JsonObject } from '../json'
import type { BatchOutcome, BatchProgress, BatchStatus } from './cells'
import type { Column } from './columns'
import type { BatchDefinition } from './definition'
import type { MetricSummary } from './summary'

/** What a window is told of datasets and batches. */
export interface DatasetCard {
  /** `data:…` or `sample:…` */
  readonly source: string
  readonly name: string
  readonly sample: boolean
  readonly sizeBytes: number
  /** rows can be added to it */
  readonly growable: boolean
}

export interface DatasetPage {
  readonly name: string
  readonly columns: readonly Column[]
  readonly total: number
  readonly from: number
  readonly rows: readonly JsonObject[]
}

export interface MetricCard {
  readonly kind: string
  readonly title: string
  readonly summary: string
  readonly needs: { readonly output: boolean; readonly expected: boolean }
  readonly options: Readonly<
    Record<string, { readonly kind: 'number' | 'text' | 'boolean'; readonly default: number | string | boolean; readonly summary: string }>
  >
}

export interface BatchCard {
  readonly id: string
  readonly graph: string
  readonly graphName: string
  readonly name: string
  readonly datasetName: string
  readonly status: BatchStatus
  readonly createdAt: number
  readonly rows: number
  readonly variants: readonly string[]
  readonly progress: BatchProgress
  readonly concurrency: number
  readonly summary: readonly MetricSummary[]
}

/** A batch with all that its grid needs but the rows. */
export interface OpenedBatch extends BatchCard {
  readonly definition: BatchDefinition
  readonly columns: readonly string[]
  readonly interface: GraphInterface
}

export interface BatchGridRow {
  readonly row: number
  readonly fields: JsonObject
  /** by variant; null while missing */
  readonly cells: readonly (BatchOutcome | null)[]
}

/** Which rows a grid shows. `wrong`: the variant (by default the first) is not all right by the metric. `better` and `worse`: the variant against the first, by the metric. */
export interface BatchFilter {
  readonly show: 'all' | 'failed' | 'missing' | 'wrong' | 'different' | 'better' | 'worse'
  readonly metric?: string | undefined
  readonly variant?: number | undefined
}

export interface BatchNews {
  readonly batch: string
  readonly status: BatchStatus
  readonly progress: BatchProgress
  readonly concurrency: number
  readonly outcomes: readonly BatchOutcome[]
  /** comes now and then, and at the end */
  readonly summary?: readonly MetricSummary[]
  readonly error?: ErrorReport
}

/** A process that works on a batch, or waits to. */
export interface WorkerCard {
  readonly id: number
  /** `worker`: it joined a queue; else the door of the process that works on its own batch */
  readonly kind: 'window' | 'browser' | 'terminal' | 'worker'
  /** the process that answers */
  readonly here: boolean
  readonly pid: number
  readonly machine: string
  /** `silent`: its process lives, but has not been heard of for a while; `lost`: its process is gone and did not say so */
  readonly state: 'working' | 'waiting' | 'silent' | 'lost' | 'left'
  readonly seenMsAgo: number
  /** items it takes at once; 0 where the batch says how many */
  readonly slots: number
  /** what it has (or had, when it was lost) in hand */
  readonly atWork: readonly { readonly row: number; readonly variant: number; readonly forMs: number }[]
  /** items of this batch that it brought to an end */
  readonly done: number
  readonly failed: number
}
