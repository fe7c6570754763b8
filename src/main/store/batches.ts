import type { BatchOutcome, BatchStatus } from '../../shared/batch/cells'
import { itemOf, placeOf } from '../../shared/batch/cells'
import type { BatchDefinition } from '../../shared/batch/definition'
import type { MetricSummary } from '../../shared/batch/summary'
import type { ErrorReport } from '../../shared/errors'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Database } from './database'
import type { VersionTable } from './versions'

export interface NewBatch {
  readonly id: string
  readonly document: GraphDocument
  /** hash of the kept rows */
  readonly dataset: string
  readonly rows: number
  readonly definition: BatchDefinition
}

export interface BatchRow {
  readonly id: string
  readonly graph: string
  readonly graphName: string
  readonly snapshot: string
  readonly dataset: string
  readonly rows: number
  readonly definition: BatchDefinition
  readonly status: BatchStatus
  readonly createdAt: number
  readonly endedAt?: number
  readonly summary?: readonly MetricSummary[]
}

/** Batches and what came of their items: one outcome for each, and the first one written stays. */
export interface BatchTable {
  create(batch: NewBatch): void
  /** Throws `not-found`. */
  get(id: string): BatchRow
  /** newest first */
  list(filter?: { readonly graph?: string; readonly limit?: number }): readonly BatchRow[]
  document(id: string): GraphDocument
  /** Makes this process the one that works on it. Throws `store-locked` while another one lives that does. */
  claim(id: string): void
  setStatus(id: string, status: BatchStatus, summary?: readonly MetricSummary[]): void
  /** False: there was an outcome already, which stays. */
  record(id: string, outcome: BatchOutcome): boolean
  /** all, in the order of items */
  outcomes(id: string): readonly BatchOutcome[]
  /** those that were recorded at this time (epoch milliseconds) or later, by whatever process */
  outcomesSince(id: string, at: number): readonly BatchOutcome[]
  outcome(id: string, item: number): BatchOutcome | undefined
  count(id: string): { readonly done: number; readonly failed: number }
  /** Forgets failed outcomes (all, or those of the given items), so that they are missing again. Returns how many. */
  forgetFailures(id: string, items?: readonly number[]): number
  /** With the runs of its items. */
  delete(id: string): void
  /** Batches whose process is gone count as stopped; they can be resumed. */
  stopAbandoned(at: number): void
}

interface Columns {
  readonly number: number
  readonly id: string
  readonly graph: string
  readonly graph_name: string
  readonly snapshot: string
  readonly dataset: string
  readonly rows: number
  readonly definition: string
  readonly status: BatchStatus
  readonly created_at: number
  readonly ended_at: number | null
  readonly summary: string | null
}

interface OutcomeColumns {
  readonly item: number
  readonly status: 'done' | 'failed'
  readonly run: string | null
  readonly outputs: string
  readonly metrics: string
  readonly wall_ms: number
  readonly tokens: number
  readonly error: string | null
}

const columns = 'number, id, graph, graph_name, snapshot, dataset, rows, definition, status, created_at, ended_at, summary'
const outcomeColumns = 'item, status, run, outputs, metrics, wall_ms, tokens, error'

export function batchTable(database: Database, fence: number, versions: VersionTable, now: () => number): BatchTable {
  const { connection, write } = database
  const insert = connection.prepare<[string, string, string, string, string, number, string, number]>(
    `insert into batches (id, graph, graph_name, snapshot, dataset, rows, definition, status, created_at) values (?, ?, ?, ?, ?, ?, ?, 'ready', ?)`,
  )
  const find = connection.prepare<[string], Columns>(`select ${columns} from batches where id = ?`)
  const list = connection.prepare<[{ graph: string | null; limit: number }], Columns>(
    `select ${columns} from batches where (@graph is null or graph = @graph) order by created_at desc, number desc limit @limit`,
  )
  const claim = connection.prepare<[number, string, number]>(
    `update batches set fence = ?, status = 'running', ended_at = null
     where id = ? and (status not in ('running', 'paused') or fence = ? or fence in (select fence from owners where ended_at is not null))`,
  )
  const setStatus = connection.prepare<[string, number | null, string | null, string]>(
    'update batches set status = ?, ended_at = ?, summary = coalesce(?, summary) where id = ?',
  )
  const record = connection.prepare<[number, number, string, string | null, string, string, number, number, string | null, number]>(
    `insert into batch_outcomes (batch, item, status, run, outputs, metrics, wall_ms, tokens, error, at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (batch, item) do nothing`,
  )
  const outcomes = connection.prepare<[number], OutcomeColumns>(
    `select ${outcomeColumns} from batch_outcomes where batch = ? order by item`,
  )
  const outcomesSince = connection.prepare<[number, number], OutcomeColumns>(
    `select ${outcomeColumns} from batch_outcomes where batch = ? and at >= ? order by at, item`,
  )
  const outcome = connection.prepare<[number, number], OutcomeColumns>(
    `select ${outcomeColumns} from batch_outcomes where batch = ? and item = ?`,
  )
  const count = connection.prepare<[number], { done: number; failed: number }>(
    `select coalesce(sum(status = 'done'), 0) as done, coalesce(sum(status = 'failed'), 0) as failed from batch_outcomes where batch = ?`,
  )
  const forgetAll = connection.prepare<[number]>("delete from batch_outcomes where batch = ? and status = 'failed'")
  const forget = connection.prepare<[number, number]>("delete from batch_outcomes where batch = ? and item = ? and status = 'failed'")
  const removeRuns = connection.prepare<[string]>("delete from runs where batch = ? and status <> 'running'")
  const remove = connection.prepare<[string]>('delete from batches where id = ?')
  const abandon = connection.prepare<[number]>(
    `update batches set status = 'stopped', ended_at = ? where status in ('running', 'paused')
     and fence in (select fence from owners where ended_at is not null)`,
  )

  const found = (id: string): Columns => {
    const row = find.get(id)
    if (!row) throw new TributaryError('not-found', `There is no batch “${id}” in the store.`, { hint: 'See the list of batches.' })
    return row
  }

  return {
    create({ id, document, dataset, rows, definition }) {
      write(() => insert.run(id, document.id, document.name, versions.snapshot(document), dataset, rows, JSON.stringify(definition), now()))
    },
    get: (id) => parse(found(id)),
    list: ({ graph = undefined, limit = 200 } = {}) => list.all({ graph: graph ?? null, limit }).map(parse),
    document: (id) => versions.document(found(id).snapshot),
    claim(id) {
      write(() => {
        found(id)
        if (claim.run(fence, id, fence).changes === 0)
          throw new TributaryError('store-locked', `Another window or command is working on the batch ${id}.`, {
            hint: 'Stop it there first.',
          })
      })
    },
    setStatus(id, status, summary) {
      const isOver = status === 'done' || status === 'failed' || status === 'stopped'
      write(() => setStatus.run(status, isOver ? now() : null, summary === undefined ? null : JSON.stringify(summary), id))
    },
    record(id, { row, variant, status, run, outputs, metrics, wallMs, tokens, error }) {
      return write(() => {
        const batch = parse(found(id))
        const { changes } = record.run(
          found(id).number,
          itemOf(row, variant, batch.definition.variants.length),
          status,
          run ?? null,
          JSON.stringify(outputs),
          JSON.stringify(metrics),
          Math.round(wallMs),
          tokens,
          error === undefined ? null : JSON.stringify(error),
          now(),
        )
        return changes === 1
      })
    },
    outcomes(id) {
      const { number, definition } = found(id)
      const { length } = (JSON.parse(definition) as BatchDefinition).variants
      return outcomes.all(number).map((row) => parseOutcome(row, length))
    },
    outcomesSince(id, at) {
      const { number, definition } = found(id)
      const { length } = (JSON.parse(definition) as BatchDefinition).variants
      return outcomesSince.all(number, at).map((row) => parseOutcome(row, length))
    },
    outcome(id, item) {
      const { number, definition } = found(id)
      const row = outcome.get(number, item)
      return row && parseOutcome(row, (JSON.parse(definition) as BatchDefinition).variants.length)
    },
    count: (id) => count.get(found(id).number) ?? { done: 0, failed: 0 },
    forgetFailures(id, items) {
      return write(() => {
        const { number } = found(id)
        if (items === undefined) return forgetAll.run(number).changes
        return items.reduce((sum, item) => sum + forget.run(number, item).changes, 0)
      })
    },
    delete(id) {
      write(() => {
        const { status } = found(id)
        if (status === 'running' || status === 'paused')
          throw new TributaryError('not-allowed', 'This batch is still going.', { hint: 'Stop it first.' })
        removeRuns.run(id)
        remove.run(id)
      })
    },
    stopAbandoned: (at) => void write(() => abandon.run(at)),
  }
}

function parse(row: Columns): BatchRow {
  return {
    id: row.id,
    graph: row.graph,
    graphName: row.graph_name,
    snapshot: row.snapshot,
    dataset: row.dataset,
    rows: row.rows,
    definition: JSON.parse(row.definition) as BatchDefinition,
    status: row.status,
    createdAt: row.created_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.summary === null ? {} : { summary: JSON.parse(row.summary) as MetricSummary[] }),
  }
}

function parseOutcome(row: OutcomeColumns, variants: number): BatchOutcome {
  return {
    ...placeOf(row.item, variants),
    status: row.status,
    ...(row.run === null ? {} : { run: row.run }),
    outputs: JSON.parse(row.outputs) as BatchOutcome['outputs'],
    metrics: JSON.parse(row.metrics) as BatchOutcome['metrics'],
    wallMs: row.wall_ms,
    tokens: row.tokens,
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as ErrorReport }),
  }
}
