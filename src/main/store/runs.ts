import type { ErrorReport } from '../../shared/errors'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { RunEvent, RunStatus, RunTotals } from '../../shared/run/events'
import type { Database } from './database'
import type { NewResult, OutputRefs, ResultTable } from './results'
import type { NodeExec, RunLogTable } from './run-log'
import { parseRun, type RunColumns, type RunRow, runColumns } from './run-row'
import type { NewValue, ValueTable } from './values'
import type { VersionTable } from './versions'

export interface NewRun {
  readonly id: string
  readonly document: GraphDocument
  readonly inputs: Json
  readonly options: Json
  /** uint32 from which all seeds of the run are drawn */
  readonly seed: number
  readonly startedAt: number
  /** the interrupted run that this one continues */
  readonly resumes?: string
  /** the batch that it is an item of; lists of runs leave such out */
  readonly batch?: string
}

export interface RunEnd {
  readonly status: RunStatus
  readonly endedAt: number
  readonly exit: number
  readonly error?: ErrorReport
  readonly outputs: OutputRefs
  readonly totals: RunTotals
}

/** What belongs together: it is stored whole or not at all. */
export interface RunBatch {
  readonly events: readonly RunEvent[]
  readonly execs: readonly NodeExec[]
  readonly values: readonly NewValue[]
  readonly results: readonly NewResult[]
  /** keys of cached results that were used */
  readonly touched: readonly string[]
  readonly end?: RunEnd
}

export interface RunMarks {
  readonly star?: boolean
  readonly tags?: readonly string[]
  readonly note?: string
  /** null takes it back */
  readonly verdict?: 'good' | 'bad' | null
}

export interface RunFilter {
  readonly graph?: string
  readonly limit?: number
  /** part of the id, the name of the graph, the note, a tag, or what an output began with */
  readonly search?: string
}

export interface RunTable {
  /** Enters a run that this process owns. */
  begin(run: NewRun): void
  /** One transaction. Throws `store-locked` when the run is no longer this process's, and an Error when it has ended. */
  commit(run: string, batch: RunBatch): void
  find(id: string): RunRow | undefined
  /** Throws `not-found`. */
  get(id: string): RunRow
  /** newest first */
  list(filter?: RunFilter): readonly RunRow[]
  document(id: string): GraphDocument
  events(id: string, since?: number): readonly RunEvent[]
  /** what became of each node; what still ran when the run ended was stopped */
  execs(id: string): readonly NodeExec[]
  /** what each node gave, by path */
  outputs(id: string): ReadonlyMap<string, OutputRefs>
  /** ids of the last runs of a graph, newest first */
  latest(graph: string, limit: number): readonly string[]
  mark(id: string, marks: RunMarks): void
  delete(id: string): void
  /** Ends the runs whose process is gone, as `stopped`. Returns their ids. */
  stopAbandoned(at: number): readonly string[]
}

export interface RunTableParts {
  readonly database: Database
  readonly fence: number
  readonly versions: VersionTable
  readonly log: RunLogTable
  readonly values: ValueTable
  readonly results: ResultTable
}

interface Held {
  readonly number: number
  readonly fence: number
  readonly status: string
}

export function runTable(parts: RunTableParts): RunTable {
  const { database, fence, versions, log, values, results } = parts
  const { connection, write } = database
  const insert = connection.prepare<[string, string, string, string, string, string, number, number, string | null, number, string | null]>(
    `insert into runs (id, graph, graph_name, snapshot, inputs, options, seed, status, fence, resumes, started_at, batch)
     values (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
  )
  const hold = connection.prepare<[string], Held>('select number, fence, status from runs where id = ?')
  const end = connection.prepare<[string, number, number, string | null, string, string, number]>(
    'update runs set status = ?, ended_at = ?, exit = ?, error = ?, outputs = ?, totals = ? where number = ?',
  )
  const find = connection.prepare<[string], RunColumns>(`select ${runColumns} from runs where id = ?`)
  const list = connection.prepare<[{ graph: string | null; search: string | null; limit: number }], RunColumns>(
    `select ${runColumns} from runs where batch is null and (@graph is null or graph = @graph)
       and (@search is null or instr(lower(id || ' ' || graph_name || ' ' || note || ' ' || tags), lower(@search)) > 0
         or exists (select 1 from json_each(coalesce(outputs, '{}')) as output
           where instr(lower(coalesce(json_extract(output.value, '$.preview'), '')), lower(@search)) > 0))
     order by started_at desc, number desc limit @limit`,
  )
  const latest = connection
    .prepare<[string, number], string>(
      'select id from runs where graph = ? and batch is null order by started_at desc, number desc limit ?',
    )
    .pluck()
  const mark = connection.prepare<[number | null, string | null, string | null, string | null, string]>(
    `update runs set star = coalesce(?, star), tags = coalesce(?, tags), note = coalesce(?, note),
       verdict = nullif(coalesce(?, verdict), 'none') where id = ?`,
  )
  const remove = connection.prepare<[string]>("delete from runs where id = ? and status <> 'running'")
  const left = connection.prepare<[], { number: number; id: string; started_at: number }>(
    `select number, id, started_at from runs where status = 'running'
       and fence in (select fence from owners where ended_at is not null)`,
  )

  const heldOf = (id: string): Held => {
    const row = hold.get(id)
    if (!row) throw unknownRun(id)
    return row
  }
  const get = (id: string): RunRow => {
    const row = find.get(id)
    if (!row) throw unknownRun(id)
    return parseRun(row)
  }
  const finish = (number: number, result: RunEnd): void => {
    const error = result.error === undefined ? null : JSON.stringify(result.error)
    end.run(result.status, result.endedAt, result.exit, error, JSON.stringify(result.outputs), JSON.stringify(result.totals), number)
  }

  return {
    begin({ id, document, inputs, options, seed, startedAt, resumes = null, batch = null }) {
      write(() => {
        const snapshot = versions.snapshot(document)
        insert.run(
          id,
          document.id,
          document.name,
          snapshot,
          JSON.stringify(inputs),
          JSON.stringify(options),
          seed,
          fence,
          resumes,
          startedAt,
          batch,
        )
      })
    },

    commit(id, batch) {
      write(() => {
        const held = heldOf(id)
        if (held.fence !== fence)
          throw new TributaryError('store-locked', `The run ${id} belongs to another process now.`, { hint: 'Start it again here.' })
        if (held.status !== 'running') throw new Error(`the run ${id} has ended`)

        for (const value of batch.values) values.put(value)
        for (const result of batch.results) results.put(result)
        for (const key of batch.touched) results.touch(key)
        if (batch.events.length > 0 || batch.execs.length > 0) log.append(held.number, batch.events, batch.execs)
        if (batch.end) finish(held.number, batch.end)
      })
    },

    find(id) {
      const row = find.get(id)
      return row && parseRun(row)
    },
    get,
    list: ({ graph = null, search = null, limit = 200 } = {}) => list.all({ graph, search, limit }).map(parseRun),
    document: (id) => versions.document(get(id).snapshot),
    events: (id, since = 0) => log.events(heldOf(id).number, since),
    execs(id) {
      const { number, status } = heldOf(id)
      const execs = log.execs(number)
      return status === 'running' ? execs : execs.map((exec) => (exec.status === 'running' ? { ...exec, status: 'stopped' } : exec))
    },
    outputs: (id) => log.outputs(heldOf(id).number),
    latest: (graph, limit) => latest.all(graph, limit),

    mark(id, { star, tags, note, verdict }) {
      const starred = star === undefined ? null : Number(star)
      const tagText = tags === undefined ? null : JSON.stringify(tags)
      write(() => {
        if (mark.run(starred, tagText, note ?? null, verdict === null ? 'none' : (verdict ?? null), id).changes === 0) throw unknownRun(id)
      })
    },
    delete(id) {
      write(() => {
        const { status } = get(id)
        if (status === 'running') throw new TributaryError('not-allowed', `The run ${id} is still going.`, { hint: 'Stop it first.' })
        remove.run(id)
      })
    },

    stopAbandoned(at) {
      return write(() =>
        left.all().map(({ number, id, started_at }) => {
          const wallMs = Math.max(0, at - started_at)
          const event = interruption(id, log.nextSeq(number), wallMs)
          log.append(number, [event], [])
          finish(number, { ...event, endedAt: at, outputs: {} })
          return id
        }),
      )
    },
  }
}

/** The last event of a run whose process died. */
function interruption(run: string, seq: number, wallMs: number): Extract<RunEvent, { type: 'run.end' }> {
  const totals = { wallMs, loadMs: 0, promptMs: 0, decodeMs: 0, tokens: 0, peakBytes: 0, ran: 0, hits: 0 }
  return { e: 1, seq, t: wallMs, run, type: 'run.end', status: 'stopped', outputs: {}, exit: 130, totals }
}

const unknownRun = (id: string): TributaryError =>
  new TributaryError('not-found', `There is no run "${id}" in the store.`, { hint: 'See the list of runs.' })
