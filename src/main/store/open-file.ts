import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { backupNow, integrityProblem, newestSoundBackup } from './backup'
import { type Connection, type Database, type DatabaseOptions, openDatabase } from './database'
import { type FileLock, takeLock } from './lock'
import { type MigrateOptions, migrate, userVersion } from './migrate'
import { deadOwners, livingOwners, othersLive } from './owners'
import { isStoreError } from './sqlite-error'

export interface OpenFileOptions extends DatabaseOptions, Pick<MigrateOptions, 'migrations'> {
  readonly now: () => number
  /** told, in a sentence, what is waited for, and what happened to a damaged database */
  readonly onMessage: (message: string) => void
}

const databaseName = 'tributary.db'
/** longest that a start waits for a database that another process writes to: whoever holds it for longer holds it for long, and a person wants to know */
const startWaitsMs = 1500

/** Opens and, where needed, repairs or migrates the database of a folder, one process at a time. `enter` runs before the next process may open. */
export function openFile<T>(folder: string, options: OpenFileOptions, enter: (database: Database) => T): T {
  for (const name of ['blobs', 'backups', 'locks']) mkdirSync(join(folder, name), { recursive: true })
  const { busyTimeoutMs = 5000 } = options
  const waitMs = Math.min(busyTimeoutMs, startWaitsMs)

  const opening = takeOpening(join(folder, 'locks', 'opening'), waitMs, options.onMessage)
  if (!opening)
    throw new TributaryError('store-locked', `Another process is opening the data folder ${folder} and does not finish.`, {
      hint: 'Close the other program that uses this data folder, then do it again.',
    })

  try {
    const database = openSound(folder, { ...options, busyTimeoutMs: waitMs })
    const { connection } = database
    try {
      const entered = enter(database)
      // Work that has begun would rather wait than be lost.
      connection.pragma(`busy_timeout = ${busyTimeoutMs}`)
      return entered
    } catch (thrown) {
      const told = isStoreError(thrown, 'store-locked') ? tellWho(thrown as TributaryError, connection, folder) : thrown
      connection.close()
      throw told
    }
  } finally {
    opening.release()
  }
}

/** Another process may be checking or upgrading the database: that ends, so it is waited for longer, and not in silence. */
const takeOpening = (file: string, waitMs: number, onMessage: (message: string) => void): FileLock | undefined => {
  const soon = takeLock(file, waitMs)
  if (soon) return soon
  onMessage('Another process is opening this data folder: waiting until it has.')
  return takeLock(file, waitMs * 6)
}

/** The refusal with the processes that have this folder open: one of them holds the database, unless another program than ours does. */
function tellWho(refusal: TributaryError, connection: Connection, folder: string): TributaryError {
  const living = livingOwners(connection, folder)
  if (living.length === 0) return refusal
  const named = living.map(({ pid, role }) => `process ${pid} (${role})`).join(', ')
  return new TributaryError('store-locked', `${refusal.message} It is open in ${named}.`, {
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    details: { processes: living.map(({ pid }) => pid) },
    cause: refusal,
  })
}

function openSound(folder: string, options: OpenFileOptions): Database {
  const file = join(folder, databaseName)
  try {
    return openChecked(folder, file, options)
  } catch (thrown) {
    if (!isStoreError(thrown, 'store-corrupt')) throw thrown
    restore(folder, file, thrown as TributaryError, options)
    return openChecked(folder, file, options)
  }
}

function openChecked(folder: string, file: string, options: OpenFileOptions): Database {
  const database = openDatabase(file, options)
  const { connection } = database
  try {
    if (leftUnclean(database, folder)) assertSound(database)
    const steps = options.migrations === undefined ? {} : { migrations: options.migrations }
    migrate(connection, { ...steps, beforeChange: (from) => prepareChange(database, folder, from, options) })
    return database
  } catch (thrown) {
    connection.close()
    throw thrown
  }
}

/** Only when a process died without closing is the (slow) integrity check worth its time. */
function leftUnclean({ connection }: Database, folder: string): boolean {
  return userVersion(connection) > 0 && deadOwners(connection, folder).length > 0
}

function assertSound({ connection }: Database): void {
  const problem = integrityProblem(connection)
  if (problem !== undefined) throw new TributaryError('store-corrupt', `The database is damaged: ${problem}.`)
}

function prepareChange({ connection }: Database, folder: string, from: number, { now }: OpenFileOptions): void {
  if (othersLive(folder, lockFiles(folder)))
    throw new TributaryError('store-locked', 'Another program with an older version uses this data folder, so it cannot be upgraded now.', {
      hint: 'Close the other program, then start this one again.',
    })
  backupNow(connection, join(folder, 'backups'), `before-upgrade-from-${from}-${now()}.db`)
}

/** Sets the damaged database aside and puts the newest sound backup in its place; without one, an empty store begins. */
function restore(folder: string, file: string, reason: TributaryError, { now, onMessage }: OpenFileOptions): void {
  if (othersLive(folder, lockFiles(folder))) throw reason

  const aside = `${file}.damaged-${now()}`
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)

  const backup = newestSoundBackup(join(folder, 'backups'))
  if (backup !== undefined) copyFileSync(backup, file)
  onMessage(
    backup === undefined
      ? `The database was damaged (${reason.message}) and there is no backup: a new one begins. The damaged file is kept as ${aside}.`
      : `The database was damaged (${reason.message}): the backup ${backup} is in its place. The damaged file is kept as ${aside}.`,
  )
}

const lockFiles = (folder: string): string[] => readdirSync(join(folder, 'locks'))
