/** One item of a batch as a queue knows it: names only. What to do, and what came of it, is in the store. */
export interface Job {
  readonly batch: string
  readonly item: number
}

export const jobId = ({ batch, item }: Job): string => `${batch}-${item}`

export interface QueueEvents {
  onStarted(job: Job): void
  /** The job is over: its outcome is in the store, or it was stopped and has none. */
  onSettled(job: Job): void
}

/**
 * Hands the items of one batch to whoever works. It may be wiped at any moment: the coordinator finds what is missing in the store and puts it in again.
 * An item may be worked on twice, after a crash; its outcome is recorded once. Every implementation passes `testing/conformance.ts`.
 */
export interface BatchQueue {
  /** A job that is in the queue already is not put in twice. */
  add(jobs: readonly Job[]): Promise<void>
  /** ids of the jobs that wait or are at work */
  live(): Promise<ReadonlySet<string>>
  /** how many items may be at work at once */
  concurrency(): number
  setConcurrency(count: number): void
  /** What is at work is finished; nothing new begins until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Forgets what waits, stops what is at work within one token, and resolves when nothing is at work any more. */
  stop(): Promise<void>
}

/** Does the work of one item and records its outcome. Safe to do twice. An aborted signal leaves no outcome. Never rejects. */
export type Perform = (job: Job, signal: AbortSignal) => Promise<void>

/** Opens the queue of one batch. */
export type OpenQueue = (batch: string, perform: Perform, events: QueueEvents, concurrency: number) => Promise<BatchQueue>
