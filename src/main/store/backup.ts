import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { TributaryError } from '../../shared/errors'
import type { Connection } from './database'

const dailyPattern = /^daily-\d{4}-\d{2}-\d{2}\.db$/
const dailyKept = 7

/** Copies the database at once, before a migration. Throws when the copy does not prove sound. */
export function backupNow(connection: Connection, folder: string, name: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  const temporary = `${file}.tmp`

  rmSync(temporary, { force: true })
  connection.prepare('vacuum into ?').run(temporary)

  return settle(temporary, file)
}

/** Copies the database page by page without stopping the work, once a day; the newest seven stay. Undefined when today's copy is there. */
export async function backupDaily(connection: Connection, folder: string, now: number): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `daily-${new Date(now).toISOString().slice(0, 10)}.db`)
  const temporary = `${file}.tmp`

  if (existsSync(file)) return undefined

  rmSync(temporary, { force: true })
  await connection.backup(temporary)
  settle(temporary, file)
  const dailies = readdirSync(folder).filter((name) => dailyPattern.test(name))
  for (const old of dailies.sort().slice(0, -dailyKept)) rmSync(join(folder, old), { force: true })
  return file
}

/** Undefined when the file is a sound database, else what is wrong with it. */
export function problemOf(file: string): string | undefined {
  let connection: Connection | undefined
  try {
    connection = new BetterSqlite3(file, { readonly: true, fileMustExist: true })
    return integrityProblem(connection)
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } finally {
    connection?.close()
  }
}

export function integrityProblem(connection: Connection): string | undefined {
  const answer = connection.pragma('integrity_check(1)', { simple: true })
  return answer === 'ok' ? undefined : String(answer)
}

/** The newest sound backup, whatever made it. */
export function newestSoundBackup(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  const byAge = readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .map((name) => ({ file: join(folder, name), at: modifiedAt(join(folder, name)) }))
    .sort((a, b) => b.at - a.at)
  return byAge.find(({ file }) => problemOf(file) === undefined)?.file
}

const modifiedAt = (file: string): number => statSync(file).mtimeMs

/** A backup is one file: without a log of its own beside it, it can be copied, checked and moved alone. */
function settle(temporary: string, file: string): string {
  const copy = new BetterSqlite3(temporary)
  copy.pragma('journal_mode = DELETE')
  copy.close()
  const problem = problemOf(temporary)
  if (problem !== undefined) {
    rmSync(temporary, { force: true })
    throw new TributaryError('store-corrupt', `The backup of the database is not sound (${problem}); nothing was changed.`)
  }
  renameSync(temporary, file)
  return file
}
