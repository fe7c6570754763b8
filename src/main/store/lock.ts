import { rmSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { withSentences } from './sqlite-error'

/** A lock of the operating system. It ends with `release` or with the process, however that dies. */
export interface FileLock {
  release(): void
}

/**
 * Takes an exclusive lock on a small file, waiting at most `waitMs`; undefined when another process (or another lock of this one) holds it.
 * Node offers no file locks, SQLite does, on every system: the file is an empty database that an exclusive transaction holds.
 */
export function takeLock(file: string, waitMs = 0): FileLock | undefined {
  return withSentences(() => {
    const connection = new BetterSqlite3(file, { timeout: waitMs })
    try {
      connection.pragma('journal_mode = MEMORY')
      connection.exec('begin exclusive')
    } catch (thrown) {
      connection.close()
      if (isBusy(thrown)) return undefined
      throw thrown
    }
    return { release: () => void connection.close() }
  })
}

/** Does anybody hold this lock? The file goes when nobody does. */
export function isHeld(file: string): boolean {
  const lock = takeLock(file)
  if (!lock) return true
  lock.release()
  rmSync(file, { force: true })
  return false
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof BetterSqlite3.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(thrown.code)
}
