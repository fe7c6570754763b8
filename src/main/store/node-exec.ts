import type { ErrorReport } from '../../shared/errors'
import type { Database } from './database'
import type { OutputRefs } from './results'

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

export interface NodeExecTable {
  /** Enters an attempt, or ends one that runs. An ended attempt refuses any change, and a node is done only once. */
  put(run: number, exec: NodeExec): void
  list(run: number): readonly NodeExec[]
  /** Marks what still runs as stopped. */
  stopAll(run: number): void
}

interface Row {
  readonly node: string
  readonly iteration: number
  readonly attempt: number
  readonly status: NodeExec['status']
  readonly key: string | null
  readonly outputs: string | null
  readonly error: string | null
}

export function nodeExecTable(database: Database): NodeExecTable {
  const { connection } = database
  const put = connection.prepare<[number, string, number, number, string, string | null, string | null, string | null]>(
    `insert into node_exec (run, node, iteration, attempt, status, key, outputs, error) values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (run, node, iteration, attempt) do update set status = excluded.status, key = excluded.key, outputs = excluded.outputs, error = excluded.error`,
  )
  const list = connection.prepare<[number], Row>(
    'select node, iteration, attempt, status, key, outputs, error from node_exec where run = ? order by node, iteration, attempt',
  )
  const stopAll = connection.prepare<[number]>("update node_exec set status = 'stopped' where run = ? and status = 'running'")

  return {
    put(run, { node, iteration, attempt, status, key = null, outputs, error }) {
      const outputText = outputs === undefined ? null : JSON.stringify(outputs)
      const errorText = error === undefined ? null : JSON.stringify(error)
      put.run(run, node, iteration, attempt, status, key, outputText, errorText)
    },
    list: (run) =>
      list.all(run).map((row) => ({
        node: row.node,
        iteration: row.iteration,
        attempt: row.attempt,
        status: row.status,
        ...(row.key === null ? {} : { key: row.key }),
        ...(row.outputs === null ? {} : { outputs: JSON.parse(row.outputs) as OutputRefs }),
        ...(row.error === null ? {} : { error: JSON.parse(row.error) as ErrorReport }),
      })),
    stopAll: (run) => void stopAll.run(run),
  }
}
