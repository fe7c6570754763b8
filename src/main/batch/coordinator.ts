import { type BatchOutcome, type BatchProgress, type BatchStatus, itemOf, placeOf } from '../../shared/batch/cells'
import type { MetricSummary } from '../../shared/batch/summary'
import type { BatchParts } from './parts'
import type { BatchQueue, Job, OpenQueue, Perform } from './queue'
import { jobId } from './queue'
import { createScores } from './scores'
import { summarise } from './summarise'

export interface BatchEnd {
  readonly status: Extract<BatchStatus, 'done' | 'failed' | 'stopped'>
  readonly progress: BatchProgress
  readonly summary: readonly MetricSummary[]
}

export interface BatchListener {
  onStarted?(row: number, variant: number): void
  onOutcome?(outcome: BatchOutcome): void
  onStatus?(status: BatchStatus): void
}

/** A batch at work in this process. */
export interface BatchHandle {
  readonly id: string
  status(): BatchStatus
  progress(): BatchProgress
  concurrency(): number
  /** the figures so far */
  summary(): readonly MetricSummary[]
  subscribe(listener: BatchListener): () => void
  setConcurrency(count: number): void
  pause(): Promise<void>
  resume(): Promise<void>
  /** Within one token; what is missing can be done later. */
  stop(): Promise<void>
  /** Puts failed items in again: all, or those given. Returns how many. */
  retry(items?: readonly number[]): Promise<number>
  /** Never rejects but for a store that cannot be written. */
  readonly done: Promise<BatchEnd>
}

export interface CoordinatorOptions {
  readonly concurrency: number
  /** how often a queue is compared with the store */
  readonly reconcileMs?: number
}

const missing = 0
const queued = 1
const isDone = 2
const isFailed = 3
/** jobs in the queue for each item that may be at work: enough to keep it busy, never the whole dataset */
const feed = 4

/** Keeps a queue fed with what the store says is missing, until nothing is. The store decides what was done; the queue may forget everything. */
export async function coordinate(
  parts: BatchParts,
  id: string,
  openQueue: OpenQueue,
  perform: Perform,
  options: CoordinatorOptions,
): Promise<BatchHandle> {
  const { store, now = Date.now } = parts
  store.batches.claim(id)
  const { definition, rows } = store.batches.get(id)
  const variants = definition.variants.length
  const items = rows * variants
  const state = new Uint8Array(items)
  const scores = createScores(definition, rows)
  const counts = { done: 0, failed: 0, active: 0, queued: 0 }
  const listeners = new Set<BatchListener>()
  const settledAt: number[] = []
  let status: BatchStatus = 'running'
  let cursor = 0
  let over = false
  let finish: (end: BatchEnd) => void = () => undefined
  const done = new Promise<BatchEnd>((resolve) => {
    finish = resolve
  })

  const take = (outcome: BatchOutcome): void => {
    const failed = outcome.status === 'failed'
    state[itemOf(outcome.row, outcome.variant, variants)] = failed ? isFailed : isDone
    counts[failed ? 'failed' : 'done']++
    scores.put(outcome)
  }
  for (const outcome of store.batches.outcomes(id)) take(outcome)

  const started = new Set<number>()
  const queue: BatchQueue = await openQueue(
    id,
    perform,
    {
      onStarted: ({ item }) => {
        if (state[item] !== queued) return
        started.add(item)
        const { row, variant } = placeOf(item, variants)
        for (const listener of listeners) listener.onStarted?.(row, variant)
      },
      onSettled: ({ item }) => settle(item),
    },
    options.concurrency,
  )

  function settle(item: number): void {
    if (state[item] !== queued) return
    started.delete(item)
    counts.queued--
    const outcome = store.batches.outcome(id, item)
    if (!outcome) {
      state[item] = missing
      cursor = Math.min(cursor, item)
    } else {
      take(outcome)
      settledAt.push(now())
      if (settledAt.length > 40) settledAt.shift()
      for (const listener of listeners) listener.onOutcome?.(outcome)
      if (outcome.status === 'failed' && !definition.keepGoing) void end('failed')
    }
    advance()
  }

  /** Fills the queue up, and ends when nothing is missing. */
  function advance(): void {
    if (over) return
    const room = feed * queue.concurrency() - counts.queued
    const jobs: Job[] = []
    while (jobs.length < room && cursor < items) {
      if (state[cursor] === missing) {
        state[cursor] = queued
        jobs.push({ batch: id, item: cursor })
      }
      cursor++
    }
    counts.queued += jobs.length
    if (jobs.length > 0) queue.add(jobs).catch(() => requeue(jobs))
    else if (counts.done + counts.failed === items) void end('done')
  }

  /** The queue refused them: they are missing again, and the next comparison tries anew. */
  function requeue(jobs: readonly Job[]): void {
    for (const { item } of jobs) {
      if (state[item] !== queued) continue
      state[item] = missing
      counts.queued--
      cursor = Math.min(cursor, item)
    }
  }

  /** What the store has is taken in; what neither the store nor the queue knows is put in again. */
  async function reconcile(): Promise<void> {
    const live = await queue.live().catch(() => undefined)
    if (over || !live) return
    for (let item = 0; item < cursor; item++) {
      if (state[item] === queued && (store.batches.outcome(id, item) || !live.has(jobId({ batch: id, item })))) settle(item)
    }
    advance()
  }
  const reconciling = setInterval(() => void reconcile(), options.reconcileMs ?? 60_000)

  async function end(how: BatchEnd['status']): Promise<void> {
    if (over) return
    over = true
    clearInterval(reconciling)
    await queue.stop().catch(() => undefined)
    for (let item = 0; item < cursor; item++) if (state[item] === queued) takeLate(item)
    const summary = summarise(definition, rows, scores)
    status = how
    store.batches.setStatus(id, how, summary)
    for (const listener of listeners) listener.onStatus?.(how)
    finish({ status: how, progress: progress(), summary })
  }

  /** An item that ended while the batch was being stopped keeps its outcome. */
  function takeLate(item: number): void {
    const outcome = store.batches.outcome(id, item)
    if (!outcome) return
    take(outcome)
    for (const listener of listeners) listener.onOutcome?.(outcome)
  }

  function progress(): BatchProgress {
    const left = items - counts.done - counts.failed
    const span = (settledAt.at(-1) ?? 0) - (settledAt[0] ?? 0)
    const secondsLeft = settledAt.length > 2 && left > 0 ? (left * span) / (settledAt.length - 1) / 1000 : undefined
    return {
      items,
      done: counts.done,
      failed: counts.failed,
      active: over ? 0 : started.size,
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    }
  }

  const setStatus = (next: BatchStatus): void => {
    status = next
    store.batches.setStatus(id, next, summarise(definition, rows, scores))
    for (const listener of listeners) listener.onStatus?.(next)
  }

  // Whoever starts it subscribes before the first item begins.
  queueMicrotask(advance)
  return {
    id,
    status: () => status,
    progress,
    concurrency: () => queue.concurrency(),
    summary: () => summarise(definition, rows, scores),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setConcurrency(count) {
      queue.setConcurrency(count)
      advance()
    },
    async pause() {
      if (over || status !== 'running') return
      await queue.pause()
      setStatus('paused')
    },
    async resume() {
      if (over || status !== 'paused') return
      setStatus('running')
      await queue.resume()
    },
    stop: () => end('stopped'),
    async retry(chosen) {
      const again = (chosen ?? Array.from(state.keys())).filter((item) => state[item] === isFailed)
      store.batches.forgetFailures(id, again)
      for (const item of again) {
        state[item] = missing
        counts.failed--
        cursor = Math.min(cursor, item)
      }
      advance()
      return again.length
    },
    done,
  }
}
