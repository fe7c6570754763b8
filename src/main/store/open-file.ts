import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../shared/errors'
import { backupNow, integrityProblem, newestSoundBackup } from './backup'
import { type Database, type DatabaseOptions, openDatabase } from './database'
import { takeLock } from './lock'
import { type MigrateOptions, migrate, userVersion } from './migrate'
import { deadOwners, othersLive } from './owners'
import { isStoreError } from './sqlite-error'

export interface OpenFileOptions extends DatabaseOptions, Pick<MigrateOptions, 'migrations'> {
  readonly now: () => number
  /** told, in a sentence, what happened to a damaged database */
  readonly onMessage: (message: string) => void
}

const databaseName = 'tributary.db'

/** Opens and, where needed, repairs or migrates the database of a folder, one process at a time. `enter` runs before the next process may open. */
export function openFile<T>(folder: string, options: OpenFileOptions, enter: (database: Database) => T): T {
  for (const name of ['blobs', 'backups', 'locks']) mkdirSync(join(folder, name), { recursive: true })
  const { busyTimeoutMs = 5000 } = options

  const opening = takeLock(join(folder, 'locks', 'opening'), busyTimeoutMs)
  if (!opening)
    throw new TributaryError('store-locked', `Another process is opening the data folder ${folder} and does not finish.`, {
      hint: 'Close the other program that uses this data folder, then do it again.',
    })

  try {
    const database = openSound(folder, options)
    try {
      return enter(database)
    } catch (thrown) {
      database.connection.close()
      throw thrown
    }
  } finally {
    opening.release()
  }
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
