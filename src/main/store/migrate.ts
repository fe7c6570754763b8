import { TributaryError } from '../../shared/errors'
import type { Connection } from './database'
import { migrations as released } from './migrations'

export const userVersion = (connection: Connection): number => connection.pragma('user_version', { simple: true }) as number

export interface MigrateOptions {
  /** called before the first change to a database that already has content */
  readonly beforeChange?: (fromVersion: number) => void
  readonly migrations?: readonly string[]
}

/** Takes the database to the newest version, one transaction a step. Throws `store-newer` when the database is already past it. */
export function migrate(connection: Connection, options: MigrateOptions = {}): { from: number; to: number } {
  const { beforeChange, migrations = released } = options
  const from = userVersion(connection)
  const to = migrations.length

  if (from > to)
    throw new TributaryError(
      'store-newer',
      `This data folder was written by a newer version of the application (schema ${from}, this one knows ${to}).`,
      {
        hint: 'Update the application, or choose another data folder with --home. Nothing was changed.',
      },
    )
  if (from === to) return { from, to }

  if (from > 0) beforeChange?.(from)
  for (const [position, sql] of migrations.entries()) if (position >= from) applyOne(connection, sql, position + 1)
  return { from, to }
}

/** Foreign keys are off while tables are rebuilt (SQLite's own advice) and proved to hold before the commit. */
function applyOne(connection: Connection, sql: string, version: number): void {
  connection.pragma('foreign_keys = OFF')
  try {
    connection
      .transaction(() => {
        connection.exec(sql)
        const broken = connection.pragma('foreign_key_check') as unknown[]
        if (broken.length > 0) throw new Error(`migration ${version} would leave ${broken.length} rows that point nowhere`)
        connection.pragma(`user_version = ${version}`)
      })
      .exclusive()
  } finally {
    connection.pragma('foreign_keys = ON')
  }
}
