import type { BatchNews } from '../../shared/batch/api'
import { itemOf } from '../../shared/batch/cells'
import type { MetricSummary } from '../../shared/batch/summary'
import { defaultConcurrency } from '../batch'
import type { BatchRow, Store } from '../store'

/** How often the store is asked for what another process has recorded. */
const askMs = 600
/** Clocks of one machine are one clock, but a commit takes its time: outcomes as old as this are asked for again, and told once. */
const overlapMs = 3000

export interface ForeignBatch {
  readonly store: Pick<Store, 'batches'>
  readonly batch: string
  /** the figures of the whole; they cost time and are asked for now and then */
  summary(row: BatchRow): readonly MetricSummary[]
  push(news: BatchNews): void
}

/** Follows a batch that another process works on, by what it writes into the store, until it ends there or the returned function is called. */
export function followForeign({ store, batch, summary, push }: ForeignBatch): () => void {
  const told = new Map<number, number>()
  let last = ''
  let figuresDueAt = 0
  let timer: NodeJS.Timeout | undefined

  const ask = (): void => {
    const row = store.batches.get(batch)
    const { status, definition } = row
    const isOver = status !== 'running' && status !== 'paused'
    const now = Date.now()
    const outcomes = store.batches.outcomesSince(batch, now - overlapMs - askMs).filter((outcome) => {
      const item = itemOf(outcome.row, outcome.variant, definition.variants.length)
      if (told.has(item)) return false
      told.set(item, now)
      return true
    })
    for (const [item, at] of told) if (at < now - 4 * overlapMs) told.delete(item)
    const counts = store.batches.count(batch)
    const state = `${status} ${counts.done} ${counts.failed}`
    if (state !== last || outcomes.length > 0) {
      const isDue = isOver || now >= figuresDueAt
      const figures = isDue ? { summary: row.summary ?? summary(row) } : {}
      if (isDue) figuresDueAt = now + Math.max(2000, 20 * (Date.now() - now))
      const progress = { items: row.rows * definition.variants.length, active: 0, ...counts }
      push({ batch, status, progress, concurrency: defaultConcurrency, outcomes, ...figures })
    }
    last = state
    if (!isOver) timer = setTimeout(ask, askMs)
  }
  ask()
  return () => clearTimeout(timer)
}
