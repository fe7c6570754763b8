import type { ErrorReport } from '../../shared/errors'
import type { RunEvent } from '../../shared/run/events'
import type { Database } from './database'
import { type Packed, pack, unpack } from './packed'
import type { OutputRef, OutputRefs } from './results'

/** One attempt of one node (`iteration` −1), or of one item of a list that the node was mapped over (its index). */
export interface NodeExec {
  /** path, as in events */
  readonly node: string
  readonly iteration: number
  /** counts from 1 */
  readonly attempt: number
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  readonly key?: string
  /** only where neither a result nor an event keeps them: items of nodes that are not cached */
  readonly outputs?: OutputRefs
  readonly error?: ErrorReport
}

/** The log of each run, one row for each commit: its events and what became of nodes. Appended by `runs`; what is written never changes. */
export interface RunLogTable {
  /** Throws an Error when the events do not go on where the log ends. */
  append(run: number, events: readonly RunEvent[], execs: readonly NodeExec[]): void
  /** Events from `since` on, in order. */
  events(run: number, since?: number): readonly RunEvent[]
  /** The last word on each attempt, by node, item and attempt. The first outcome stands: an ended attempt does not change, and a node is done once. */
  execs(run: number): readonly NodeExec[]
  /** What each node gave, by path: the fold of its `node.output` events. */
  outputs(run: number): ReadonlyMap<string, OutputRefs>
  /** 0 for a run without events */
  nextSeq(run: number): number
}

export function runLogTable({ connection }: Database): RunLogTable {
  const insert = connection.prepare<[number, number, number, Packed, Packed]>(
    'insert into run_log (run, first_seq, next_seq, events, execs) values (?, ?, ?, ?, ?)',
  )
  const events = connection
    .prepare<[number, number], Packed>('select events from run_log where run = ? and next_seq > ? order by next_seq')
    .pluck()
  const execs = connection.prepare<[number], Packed>('select execs from run_log where run = ? order by number').pluck()
  const next = connection.prepare<[number], number>('select coalesce(max(next_seq), 0) from run_log where run = ?').pluck()

  const list = (run: number, since = 0): RunEvent[] => {
    const batches = events.all(run, since).map((packed) => unpack(packed) as RunEvent[])
    const first = batches[0]
    if (first) batches[0] = first.filter(({ seq }) => seq >= since)
    return batches.flat()
  }
  const nextSeq = (run: number): number => next.get(run) ?? 0

  return {
    append(run, added, ended) {
      const first = nextSeq(run)
      for (let at = 0; at < added.length; at++)
        if (added[at]!.seq !== first + at) throw new Error(`the log of the run goes on at event ${first + at}, not at ${added[at]!.seq}`)
      insert.run(run, first, first + added.length, pack(added), pack(ended))
    },
    events: list,
    execs: (run) => foldExecs(execs.all(run).flatMap((packed) => unpack(packed) as NodeExec[])),
    outputs(run) {
      const found = new Map<string, Record<string, OutputRef>>()
      for (const event of list(run)) {
        if (event.type !== 'node.output') continue
        const { node, port, kind, list: isList, sha, sizeBytes, preview } = event
        const ports = found.get(node) ?? {}
        ports[port] = { kind, list: isList, sha, sizeBytes, preview }
        found.set(node, ports)
      }
      return found
    },
    nextSeq,
  }
}

function foldExecs(written: readonly NodeExec[]): NodeExec[] {
  const last = new Map<string, NodeExec>()
  const done = new Set<string>()
  for (const exec of written) {
    const place = `${exec.node}\n${exec.iteration}`
    const attempt = `${place}\n${exec.attempt}`
    const before = last.get(attempt)
    if (done.has(place) || (before !== undefined && before.status !== 'running')) continue
    last.set(attempt, exec)
    if (exec.status === 'done') done.add(place)
  }
  return [...last.values()].sort((a, b) => compare(a.node, b.node) || a.iteration - b.iteration || a.attempt - b.attempt)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
