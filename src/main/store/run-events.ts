import type { RunEvent } from '../../shared/run/events'
import type { Database } from './database'
import type { OutputRef, OutputRefs } from './results'

/** The log of each run. Appended by `runs`; written events never change. */
export interface RunEventTable {
  append(run: number, event: RunEvent): void
  /** Events from `since` on, in order. */
  list(run: number, since?: number): readonly RunEvent[]
  /** What each node gave, by path: the fold of its `node.output` events. */
  outputs(run: number): ReadonlyMap<string, OutputRefs>
  /** −1 for a run without events */
  lastSeq(run: number): number
}

export function runEventTable(database: Database): RunEventTable {
  const { connection } = database
  const insert = connection.prepare<[number, number, string]>('insert into run_events (run, seq, event) values (?, ?, ?)')
  const list = connection.prepare<[number, number], string>('select event from run_events where run = ? and seq >= ? order by seq').pluck()
  const outputs = connection
    .prepare<[number], string>(`select event from run_events where run = ? and event ->> '$.type' = 'node.output' order by seq`)
    .pluck()
  const last = connection.prepare<[number], number>('select coalesce(max(seq), -1) from run_events where run = ?').pluck()

  return {
    append: (run, event) => void insert.run(run, event.seq, JSON.stringify(event)),
    list: (run, since = 0) => list.all(run, since).map((text) => JSON.parse(text) as RunEvent),
    outputs(run) {
      const found = new Map<string, Record<string, OutputRef>>()
      for (const text of outputs.iterate(run)) {
        const { node, port, kind, list, sha, sizeBytes, preview } = JSON.parse(text) as Extract<RunEvent, { type: 'node.output' }>
        const ports = found.get(node) ?? {}
        ports[port] = { kind, list, sha, sizeBytes, preview }
        found.set(node, ports)
      }
      return found
    },
    lastSeq: (run) => last.get(run) ?? -1,
  }
}
