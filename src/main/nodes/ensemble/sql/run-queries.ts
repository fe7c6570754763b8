import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { Json } from '../../../../shared/json'
import type { Dataset } from '../../../../shared/value'

export type QueryResult = { readonly columns: readonly string[]; readonly rows: readonly (readonly Json[])[] } | { readonly error: string }

/**
 * Runs each query on an own copy of the tables, in memory, in a thread that is ended when time is up: a query can read these tables, and nothing else. Only
 * statements that give rows and change nothing are run; of the rows at most `mostRows` are read. Tables are named as the datasets are.
 */
export async function runQueries(
  tables: readonly Dataset[],
  queries: readonly string[],
  { timeoutMs, mostRows, signal }: { readonly timeoutMs: number; readonly mostRows: number; readonly signal: AbortSignal },
): Promise<QueryResult[]> {
  const results: QueryResult[] = []
  for (const query of queries) {
    signal.throwIfAborted()
    results.push(await runOne({ tables: tables.map(tableOf), query, mostRows }, timeoutMs))
  }
  return results
}

const tableOf = ({ name, columns, rows }: Dataset) => ({
  name,
  columns,
  rows: rows.map((row) => columns.map((column) => asSql(row[column]))),
})

function asSql(value: Json | undefined): string | number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
}

interface Task {
  readonly tables: readonly ReturnType<typeof tableOf>[]
  readonly query: string
  readonly mostRows: number
}

function runOne(task: Task, timeoutMs: number): Promise<QueryResult> {
  const library = createRequire(import.meta.url).resolve('better-sqlite3')
  const worker = new Worker(script, { eval: true, workerData: { ...task, library }, resourceLimits: { maxOldGenerationSizeMb: 256 } })
  return new Promise((resolve) => {
    const end = (result: QueryResult): void => {
      clearTimeout(timer)
      void worker.terminate()
      resolve(result)
    }
    const timer = setTimeout(() => end({ error: `it took longer than ${timeoutMs / 1000} s` }), timeoutMs)
    worker.once('message', end)
    worker.once('error', (error) => end({ error: error instanceof Error ? error.message : String(error) }))
  })
}

/** The thread: too small for a file of its own, which every build would have to carry. */
const script = `
Reflect.deleteProperty(Object.prototype, '__proto__')
const { parentPort, workerData: { tables, query, mostRows, library } } = require('node:worker_threads')
const quoted = (name) => '"' + String(name).replaceAll('"', '""') + '"'
let answer
try {
  const db = new (require(library))(':memory:')
  for (const { name, columns, rows } of tables) {
    db.exec('CREATE TABLE ' + quoted(name) + ' (' + columns.map(quoted).join(', ') + ')')
    const insert = db.prepare('INSERT INTO ' + quoted(name) + ' VALUES (' + columns.map(() => '?').join(', ') + ')')
    for (const row of rows) insert.run(row)
  }
  db.pragma('query_only = ON')
  const statement = db.prepare(query)
  if (!statement.reader || !statement.readonly) throw new Error('it is not a query that reads')
  const rows = []
  for (const row of statement.raw().iterate()) {
    rows.push(row.map((value) => (Buffer.isBuffer(value) ? value.toString('hex') : value)))
    if (rows.length >= mostRows) break
  }
  answer = { columns: statement.columns().map(({ name }) => name), rows }
} catch (error) {
  answer = { error: String(error.message) }
}
parentPort.postMessage(answer)
`

/** What makes two results the same: their rows, in order only where the query asks for one. null: there is no result. */
export function resultKey(query: string, result: QueryResult): string | null {
  if ('error' in result) return null
  const rows = result.rows.map((row) => JSON.stringify(row))
  return JSON.stringify(/\border\s+by\b/i.test(query) ? rows : rows.sort())
}
