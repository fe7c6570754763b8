import type { ErrorReport } from '../../../shared/errors'
import type { GgmlType } from '../gguf/types/ggml-type'
import type { Plan } from './plan'

/** A run of whole blocks of one tensor: the unit that is handed to a thread. */
export interface BlockRange {
  readonly node: number
  readonly tensor: number
  readonly fromBlock: number
  readonly toBlock: number
}

export type Job =
  /** measures a pass: gives one table a block, one after the other; a pass that counts fills a table of the thread instead */
  | ({ readonly type: 'measure'; readonly pass: number } & BlockRange)
  /** gives the table that this thread's counting measures of a pass have filled, and forgets it; `tensor` −1 for a pass over the model */
  | { readonly type: 'collect'; readonly node: number; readonly pass: number; readonly tensor: number }
  /** how the models of a combine node agree: Σ of products of each pair over every `step`-th block, then over more blocks until one is not zero (`agreement.ts`) */
  | ({ readonly type: 'agreement'; readonly step: number } & BlockRange)
  /** compares the root with the members of the plan's survey: one table a block (`survey/kernel.ts`) */
  | ({ readonly type: 'survey' } & BlockRange)
  | ({ readonly type: 'histogram'; readonly limit: number; readonly bins: number } & BlockRange)
  /** evaluates, converts and writes into the part file */
  | ({ readonly type: 'write'; readonly output: { readonly path: string; readonly offset: number; readonly type: GgmlType } } & BlockRange)
  /** adds a run of bytes of a part file to its SHA-256, and gives that after the last one; the runs of a file go to one thread */
  | { readonly type: 'hash'; readonly path: string; readonly from: number; readonly to: number; readonly isLast: boolean }

export interface JobResult {
  /** of a measure, an agreement or a survey */
  readonly table?: Float64Array
  /** of the last hash of a file, in hexadecimal */
  readonly digest?: string
}

/** What a pass found, for every thread: the whole of it, or (`before`) of this tensor's blocks. `tensor` −1: the same for all tensors. */
export interface Known {
  readonly node: number
  readonly pass: number
  readonly tensor: number
  readonly settled: Float64Array
}

/** Does jobs somewhere: in this thread or in several others. */
export interface JobPool {
  readonly threads: number
  /** `home`: jobs of the same number go to the same thread, one after the other; neutral: whichever has time */
  run(job: Job, home?: number): Promise<JobResult>
  /** the tables of all threads, when the measures of the pass are done */
  collect(job: Extract<Job, { type: 'collect' }>): Promise<Float64Array[]>
  /** all later jobs see this */
  tell(known: Known): void
  close(): Promise<void>
}

export type ToThread =
  | { readonly type: 'job'; readonly id: number; readonly job: Job }
  | { readonly type: 'known'; readonly known: Known }
  /** all later jobs are of this plan, of which nothing is known yet; sent before the first job, and when no job runs */
  | { readonly type: 'plan'; readonly plan: Plan }
export type FromThread =
  /** the first: the thread is loaded */
  { readonly isReady: true } | { readonly id: number; readonly result: JobResult } | { readonly id: number; readonly failure: ErrorReport }
