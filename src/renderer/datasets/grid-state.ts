import { createStore } from 'zustand/vanilla'
import type { BatchFilter, BatchGridRow, BatchNews, OpenedBatch, WorkerCard } from '../../shared/batch/api'
import type { BatchOutcome } from '../../shared/batch/cells'
import { askingFirst } from '../state/accepting'
import type { App } from '../state/app'
import { toastError } from '../state/view'

/** The grid of one batch: its figures, the rows that a filter shows, and those rows that have come into sight. */
export interface Grid {
  readonly opened: OpenedBatch | undefined
  readonly filter: BatchFilter
  /** numbers of the rows that are shown */
  readonly rows: readonly number[]
  readonly known: ReadonlyMap<number, BatchGridRow>
  readonly workers: readonly WorkerCard[]
}

export type GridStore = ReturnType<typeof createGrid>

const page = 100
const findAgainMs = 1000
const workersAgainMs = 1500

/** Follows the batch until `close`. A row keeps its object while none of its cells change, so that only rows with news are drawn again. */
export function createGrid(app: App, batch: string) {
  const store = createStore<Grid>(() => ({ opened: undefined, filter: { show: 'all' }, rows: [], known: new Map(), workers: [] }))
  const { getState, setState } = store
  const report = (error: unknown) => toastError(app.view, error)
  const asked = new Set<number>()
  let finding: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const find = () => {
    clearTimeout(finding)
    finding = undefined
    app.client.call('batches.find', { batch, ...getState().filter }).then((rows) => {
      const before = getState().rows
      const same = rows.length === before.length && rows.every((row, i) => row === before[i])
      if (!same) setState({ rows })
    }, report)
  }
  const open = () =>
    app.client.call('batches.get', { batch }).then((opened) => {
      if (closed) return
      setState({ opened })
      askForWorkers()
    }, report)
  const watch = () => app.client.call('batches.watch', { batch }).catch(report)
  /** Whatever came of it, the grid shows the batch as it is afterwards. */
  const change = (begin: () => Promise<unknown>) =>
    askingFirst(app, async () => {
      try {
        await begin()
      } finally {
        await watch()
        await open()
      }
    })

  /** The list of workers is asked for while the batch goes on, and once more when it has ended. */
  let asking: ReturnType<typeof setTimeout> | undefined
  const askForWorkers = () => {
    clearTimeout(asking)
    asking = undefined
    void app.client
      .call('batches.workers', { batch })
      .then((workers) => {
        if (!closed) setState({ workers })
      })
      // A lost line is told by the whole window; the next list comes with the line.
      .catch(() => undefined)
      .finally(() => {
        const { opened, workers } = getState()
        // One that was lost at the end is known for lost only some seconds later.
        const isOpen = isGoing(opened) || workers.some(({ state }) => state === 'working' || state === 'silent')
        if (!closed && isOpen) asking ??= setTimeout(askForWorkers, workersAgainMs)
      })
  }

  const hear = (news: BatchNews) => {
    if (news.batch !== batch) return
    const { opened, known, filter } = getState()
    const { status, progress, concurrency, outcomes, summary } = news
    setState({
      ...(opened ? { opened: { ...opened, status, progress, concurrency, ...(summary ? { summary } : {}) } } : {}),
      known: withOutcomes(known, outcomes),
    })
    if (isGoing(opened) !== isGoing(news)) askForWorkers()
    if (filter.show !== 'all' && outcomes.length > 0) finding ??= setTimeout(find, findAgainMs)
  }
  const leave = app.client.on('batch.news', hear)
  const leaveLost = app.client.onLost((lost) => {
    if (lost) return
    asked.clear()
    setState({ known: new Map() })
    void open().then(watch)
  })
  void open().then(watch)
  find()

  return {
    store,
    /** Reads the rows at these places that have not been read. An outcome that comes later is pushed later, on the same line. */
    want(first: number, last: number): void {
      const { rows } = getState()
      const missing = rows.slice(Math.max(0, first), last + 1).filter((row) => !asked.has(row))
      for (let at = 0; at < missing.length; at += page) {
        const wanted = missing.slice(at, at + page)
        for (const row of wanted) asked.add(row)
        app.client.call('batches.rows', { batch, rows: wanted }).then((found) => {
          setState(({ known }) => {
            const next = new Map(known)
            for (const row of found) next.set(row.row, row)
            return { known: next }
          })
        }, report)
      }
    },
    filter(filter: BatchFilter): void {
      setState({ filter })
      find()
    },
    async act(what: 'pause' | 'resume' | 'stop'): Promise<void> {
      await change(() => app.client.call(`batches.${what}`, { batch }))
    },
    setConcurrency: (concurrency: number) => void app.client.call('batches.setConcurrency', { batch, concurrency }).catch(report),
    async retry(item?: { row: number; variant: number }): Promise<void> {
      await change(async () => {
        await app.client.call('batches.retry', { batch, ...item })
        setState(({ known }) => ({ known: withoutFailures(known, item) }))
      })
    },
    close(): void {
      closed = true
      clearTimeout(finding)
      clearTimeout(asking)
      leave()
      leaveLost()
      void app.client.call('batches.unwatch', { batch }).catch(() => undefined)
    },
  }
}

export const isGoing = (batch: Pick<OpenedBatch, 'status'> | undefined): boolean =>
  batch?.status === 'running' || batch?.status === 'paused'

export function withOutcomes(
  known: ReadonlyMap<number, BatchGridRow>,
  outcomes: readonly BatchOutcome[],
): ReadonlyMap<number, BatchGridRow> {
  const news = outcomes.filter(({ row }) => known.has(row))
  if (news.length === 0) return known
  const next = new Map(known)
  for (const outcome of news) {
    const row = next.get(outcome.row)!
    next.set(outcome.row, { ...row, cells: row.cells.map((cell, at) => (at === outcome.variant ? outcome : cell)) })
  }
  return next
}

/** Failed cells are open again while they are tried once more. */
export function withoutFailures(
  known: ReadonlyMap<number, BatchGridRow>,
  item: { row: number; variant: number } | undefined,
): ReadonlyMap<number, BatchGridRow> {
  return new Map(
    Array.from(known, ([number, row]) => {
      const isHit = (at: number) =>
        row.cells[at]?.status === 'failed' && (item === undefined || (item.row === number && item.variant === at))
      return [
        number,
        row.cells.some((_, at) => isHit(at)) ? { ...row, cells: row.cells.map((cell, at) => (isHit(at) ? null : cell)) } : row,
      ]
    }),
  )
}
