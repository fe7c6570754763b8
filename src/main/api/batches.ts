import type { CallContext, Handlers } from '../../shared/api'
import type { BatchCard, BatchFilter, BatchNews } from '../../shared/batch/api'
import { type BatchOutcome, itemOf } from '../../shared/batch/cells'
import type { MetricSummary } from '../../shared/batch/summary'
import { TributaryError } from '../../shared/errors'
import { type BatchHandle, createScores, defaultConcurrency, metrics, summarise } from '../batch'
import type { BatchRow } from '../store'
import { batchCsv } from './batch-csv'
import { datasetReader } from './datasets'
import { followForeign } from './foreign-batch'
import type { House } from './house'
import { workersOf } from './workers'

type BatchMethods = Extract<keyof Handlers, `batches.${string}`>

const newsMs = 120
const summaryMs = 700
/** figures of a large batch cost time: they may take one part in so many of it */
const summaryShare = 20

/** Batches: begun, followed, paused, stopped, looked at. */
export function batchHandlers(house: House): Pick<Handlers, BatchMethods> {
  const { store, batches } = house
  const read = datasetReader(house)
  const watches = new Map<string, () => void>()
  const follow = (handle: BatchHandle): void => {
    house.broadcast('batch.listChanged', {})
    void handle.done.finally(() => house.broadcast('batch.listChanged', {}))
  }
  /** The handle of a batch that is at work here; none where it has ended. Throws where another process works on it. */
  const atWork = (batch: string): BatchHandle | undefined => {
    const handle = batches.active(batch)
    const { status } = store.batches.get(batch)
    if (!handle && (status === 'running' || status === 'paused'))
      throw new TributaryError('not-allowed', 'Another window or command is working on this batch.', { hint: 'Pause or stop it there.' })
    return handle
  }
  const resume = async (batch: string, concurrency?: number): Promise<void> => {
    const there = batches.active(batch)
    if (there) {
      if (concurrency !== undefined) there.setConcurrency(concurrency)
      await there.resume()
    } else follow(await batches.start(batch, concurrency === undefined ? {} : { concurrency }))
  }

  return {
    'batches.metrics': () =>
      [...metrics.values()].map(({ kind, title, summary, needs, options = {} }) => ({ kind, title, summary, needs, options })),
    'batches.list': ({ graph }) => store.batches.list(graph === undefined ? {} : { graph }).map((row) => cardOf(house, row)),
    'batches.get': ({ batch }) => {
      const row = store.batches.get(batch)
      const { columns } = store.datasets.get(row.dataset)
      return { ...cardOf(house, row, true), definition: row.definition, columns, interface: store.batches.document(batch).interface }
    },
    'batches.start': async ({ graph, source, definition, limit, concurrency }) => {
      const { document } = store.graphs.get(graph)
      const dataset = await read(source)
      const rows = limit === undefined ? dataset.rows : dataset.rows.slice(0, limit)
      const batch = await batches.create({ document, dataset: { ...dataset, rows }, definition })
      follow(await batches.start(batch, concurrency === undefined ? {} : { concurrency }))
      return { batch }
    },
    'batches.resume': async ({ batch, concurrency }) => {
      await resume(batch, concurrency)
      return null
    },
    'batches.pause': async ({ batch }) => {
      await atWork(batch)?.pause()
      return null
    },
    'batches.stop': async ({ batch }) => {
      await atWork(batch)?.stop()
      return null
    },
    'batches.setConcurrency': ({ batch, concurrency }) => {
      batches.active(batch)?.setConcurrency(concurrency)
      return null
    },
    'batches.retry': async ({ batch, row, variant }) => {
      const { definition } = store.batches.get(batch)
      const items = row === undefined ? undefined : [itemOf(row, variant ?? 0, definition.variants.length)]
      const active = batches.active(batch)
      if (active) return { items: await active.retry(items) }
      const count = store.batches.forgetFailures(batch, items)
      if (count > 0) await resume(batch)
      return { items: count }
    },
    'batches.delete': ({ batch }) => {
      store.batches.delete(batch)
      house.broadcast('batch.listChanged', {})
      return null
    },
    'batches.find': ({ batch, ...filter }) => rowsOf(store.batches.get(batch), store.batches.outcomes(batch), filter),
    'batches.rows': ({ batch, rows }) => {
      const { dataset, definition } = store.batches.get(batch)
      return rows.map((row) => ({
        row,
        fields: store.datasets.row(dataset, row),
        cells: definition.variants.map(
          (_, variant) => store.batches.outcome(batch, itemOf(row, variant, definition.variants.length)) ?? null,
        ),
      }))
    },
    'batches.workers': ({ batch }) => workersOf(store, batch, Date.now()),
    'batches.export': ({ batch }) => batchCsv(store, batch),
    'batches.watch': ({ batch }, context) => {
      const key = `${context.client} ${batch}`
      watches.get(key)?.()
      const handle = batches.active(batch)
      if (!handle) {
        const { status } = store.batches.get(batch)
        if (status === 'running' || status === 'paused')
          watches.set(
            key,
            followForeign({ store, batch, summary: (row) => summaryOf(house, row), push: (news) => context.push('batch.news', news) }),
          )
        return null
      }
      const leave = pushNews(handle, context)
      watches.set(key, leave)
      void handle.done.finally(() => watches.delete(key))
      return null
    },
    'batches.unwatch': ({ batch }, context) => {
      const key = `${context.client} ${batch}`
      watches.get(key)?.()
      watches.delete(key)
      return null
    },
  }
}

/** What happens within a moment goes out as one message; figures, which cost more, less often. */
function pushNews(handle: BatchHandle, context: CallContext): () => void {
  let waiting: BatchOutcome[] = []
  let timer: NodeJS.Timeout | undefined
  let dueAt = 0
  const figures = (): readonly MetricSummary[] => {
    const start = performance.now()
    const summary = handle.summary()
    dueAt = Date.now() + Math.max(summaryMs, summaryShare * (performance.now() - start))
    return summary
  }
  const send = (isLast = false): void => {
    clearTimeout(timer)
    timer = undefined
    const outcomes = waiting
    waiting = []
    const isDue = isLast || Date.now() >= dueAt
    const news: BatchNews = {
      batch: handle.id,
      status: handle.status(),
      progress: handle.progress(),
      concurrency: handle.concurrency(),
      outcomes,
      ...(isDue ? { summary: figures() } : {}),
    }
    context.push('batch.news', news)
  }
  const soon = (): void => {
    timer ??= setTimeout(send, newsMs)
  }
  const leave = handle.subscribe({
    onStarted: soon,
    onOutcome: (outcome) => {
      waiting.push(outcome)
      soon()
    },
    onStatus: () => send(true),
  })
  send(true)
  return () => {
    clearTimeout(timer)
    leave()
  }
}

function cardOf(house: House, row: BatchRow, exact = false): BatchCard {
  const handle = house.batches.active(row.id)
  const items = row.rows * row.definition.variants.length
  const counts = handle ? undefined : house.store.batches.count(row.id)
  return {
    id: row.id,
    graph: row.graph,
    graphName: row.graphName,
    name: row.definition.name,
    datasetName: house.store.datasets.get(row.dataset).name,
    status: handle?.status() ?? row.status,
    createdAt: row.createdAt,
    rows: row.rows,
    variants: row.definition.variants.map(({ name }) => name),
    progress: handle?.progress() ?? { items, active: 0, done: counts?.done ?? 0, failed: counts?.failed ?? 0 },
    concurrency: handle?.concurrency() ?? defaultConcurrency,
    summary: handle?.summary() ?? row.summary ?? (exact ? summaryOf(house, row) : []),
  }
}

/** The figures of a batch that no process works on and that ended without writing them. */
function summaryOf({ store }: House, { id, rows, definition }: BatchRow): readonly MetricSummary[] {
  const scores = createScores(definition, rows)
  for (const outcome of store.batches.outcomes(id)) scores.put(outcome)
  return summarise(definition, rows, scores)
}

function rowsOf(
  { rows, definition }: BatchRow,
  outcomes: readonly BatchOutcome[],
  { show, metric, variant = show === 'wrong' ? 0 : 1 }: BatchFilter,
): number[] {
  const all = Array.from({ length: rows }, (_, row) => row)
  if (show === 'all') return all
  const cells = new Map(outcomes.map((outcome) => [itemOf(outcome.row, outcome.variant, definition.variants.length), outcome]))
  const cell = (row: number, place: number) => cells.get(itemOf(row, place, definition.variants.length))
  const places = definition.variants.map((_, place) => place)
  const kind = definition.metrics.find(({ name }) => name === metric)?.kind ?? ''
  const sign = metrics.get(kind)?.better === 'lower' ? -1 : 1
  return all.filter((row) => {
    if (show === 'failed') return places.some((place) => cell(row, place)?.status === 'failed')
    if (show === 'missing') return places.some((place) => cell(row, place) === undefined)
    if (show === 'wrong') {
      const of = cell(row, variant)
      const value = of?.metrics[metric ?? '']
      return of?.status === 'failed' || (typeof value === 'number' && (sign > 0 ? value < 1 : value > 0))
    }
    const [first, other] = [cell(row, 0), cell(row, variant)]
    if (!first || !other || first.status === 'failed' || other.status === 'failed') return false
    if (show === 'different') return Object.entries(first.outputs).some(([name, { sha }]) => other.outputs[name]?.sha !== sha)
    const [a, b] = [first.metrics[metric ?? ''], other.metrics[metric ?? '']]
    return typeof a === 'number' && typeof b === 'number' && (show === 'better' ? sign * (b - a) > 0 : sign * (b - a) < 0)
  })
}
