import BetterSqlite3 from 'better-sqlite3'
import { explainStoreError, isStoreError, withSentences } from './sqlite-error'

export type Connection = BetterSqlite3.Database

/** The connection of this process and the one way to write with it. */
export interface Database {
  readonly connection: Connection
  /** Runs `work` in one transaction that holds the write lock from its start; inside another one it is a savepoint. A `work` that returns a promise is refused. */
  write<T>(work: () => T): T
  /** What is read from now on, until the next write or the next turn of the event loop, is read in one go: many small reads cost half. */
  readTogether(): void
  endReading(): void
  /** true after a write met damage: then the store is not closed as sound, and the next start checks and repairs it */
  sawDamage(): boolean
}

export interface DatabaseOptions {
  readonly busyTimeoutMs?: number
  readonly readonly?: boolean
}

/** The WAL-reset bug of 3.7.0–3.51.2 can corrupt a database with two connections; it is fixed in 3.51.3. */
const oldestSafeSqlite = [3, 51, 3] as const
/** 64 MiB of 4 KiB pages: checkpoints happen when the store is idle, not between two events of a run */
const checkpointPages = 16_384

export function openDatabase(file: string, options: DatabaseOptions = {}): Database {
  const { busyTimeoutMs = 5000, readonly = false } = options

  const connection = withSentences(() => new BetterSqlite3(file, { timeout: busyTimeoutMs, readonly }))

  return withSentences(() => {
    try {
      assertSafeSqlite(connection)
      configure(connection, readonly)
      return databaseOf(connection)
    } catch (thrown) {
      connection.close()
      throw thrown
    }
  })
}

function configure(connection: Connection, readonly: boolean): void {
  connection.pragma('trusted_schema = OFF')
  connection.pragma('cell_size_check = ON')
  connection.pragma('foreign_keys = ON')
  if (readonly) return
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  connection.pragma('temp_store = MEMORY')
  if (process.platform === 'darwin') {
    connection.pragma('fullfsync = 1')
    connection.pragma('checkpoint_fullfsync = 1')
  }
}

function databaseOf(connection: Connection): Database {
  const run = connection.transaction((work: () => unknown) => work())
  const begin = connection.prepare('begin')
  const commit = connection.prepare('commit')
  let reading: NodeJS.Immediate | undefined
  let damaged = false
  const endReading = (): void => {
    if (!reading) return
    clearImmediate(reading)
    reading = undefined
    commit.run()
  }
  return {
    connection,
    sawDamage: () => damaged,
    readTogether() {
      if (reading || connection.inTransaction) return
      begin.run()
      reading = setImmediate(endReading)
    },
    endReading,
    write<T>(work: () => T): T {
      // A reader that turned into a writer would be refused if another process had written in between.
      endReading()
      // A transaction inside another one is part of it: its errors are explained once, at the outermost.
      if (connection.inTransaction) return run(work) as T
      try {
        return run.immediate(work) as T
      } catch (thrown) {
        const explained = explainStoreError(thrown)
        damaged ||= isStoreError(explained, 'store-corrupt')
        throw explained
      }
    },
  }
}

export function assertSafeSqlite(connection: Connection): void {
  const version = connection.prepare<[], string>('select sqlite_version()').pluck().get() ?? ''
  if (!isAtLeast(version, oldestSafeSqlite))
    throw new Error(`SQLite ${version} can corrupt a shared database; at least ${oldestSafeSqlite.join('.')} is needed`)
}

export function isAtLeast(version: string, oldest: readonly number[]): boolean {
  const numbers = version.split('.').map(Number)
  for (const [position, needed] of oldest.entries()) {
    const have = numbers[position] ?? 0
    if (have !== needed) return have > needed
  }
  return true
}
