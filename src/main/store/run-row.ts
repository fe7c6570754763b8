import type { ErrorReport } from '../../shared/errors'
import type { Json } from '../../shared/json'
import type { RunStatus, RunTotals } from '../../shared/run/events'
import type { OutputRefs } from './results'

export interface RunRow {
  readonly id: string
  readonly graph: string
  readonly graphName: string
  /** hash of the document as it ran */
  readonly snapshot: string
  readonly status: RunStatus | 'running'
  readonly seed: number
  readonly options: Json
  readonly inputs: Json
  readonly resumes?: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly exit?: number
  readonly error?: ErrorReport
  readonly outputs: OutputRefs
  readonly totals?: RunTotals
  readonly star: boolean
  readonly tags: readonly string[]
  readonly note: string
  /** what a person thinks of the result */
  readonly verdict?: 'good' | 'bad'
}

export const runColumns =
  'id, graph, graph_name, snapshot, status, seed, options, inputs, resumes, started_at, ended_at, exit, error, outputs, totals, star, tags, note, verdict'

export interface RunColumns {
  readonly id: string
  readonly graph: string
  readonly graph_name: string
  readonly snapshot: string
  readonly status: RunRow['status']
  readonly seed: number
  readonly options: string
  readonly inputs: string
  readonly resumes: string | null
  readonly started_at: number
  readonly ended_at: number | null
  readonly exit: number | null
  readonly error: string | null
  readonly outputs: string | null
  readonly totals: string | null
  readonly star: number
  readonly tags: string
  readonly note: string
  readonly verdict: 'good' | 'bad' | null
}

export function parseRun(row: RunColumns): RunRow {
  return {
    id: row.id,
    graph: row.graph,
    graphName: row.graph_name,
    snapshot: row.snapshot,
    status: row.status,
    seed: row.seed,
    options: JSON.parse(row.options) as Json,
    inputs: JSON.parse(row.inputs) as Json,
    ...(row.resumes === null ? {} : { resumes: row.resumes }),
    startedAt: row.started_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.exit === null ? {} : { exit: row.exit }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as ErrorReport }),
    outputs: row.outputs === null ? {} : (JSON.parse(row.outputs) as OutputRefs),
    ...(row.totals === null ? {} : { totals: JSON.parse(row.totals) as RunTotals }),
    star: row.star === 1,
    tags: JSON.parse(row.tags) as string[],
    note: row.note,
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
  }
}
