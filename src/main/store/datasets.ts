import { createHash } from 'node:crypto'
import { TributaryError } from '../../shared/errors'
import type { JsonObject } from '../../shared/json'
import type { Database } from './database'

export interface KeptDataset {
  readonly hash: string
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
}

export interface NewDataset {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly JsonObject[]
}

/** The rows that batches ran on, each set once by its content: a file may change or go, the batch stays what it was. */
export interface DatasetTable {
  /** Stores the rows and returns their hash. */
  keep(dataset: NewDataset): string
  /** Throws `not-found`. */
  get(hash: string): KeptDataset
  /** Throws `not-found`. */
  row(hash: string, row: number): JsonObject
  /** Forgets what no batch names. */
  sweep(before: number): void
}

export function datasetTable(database: Database, now: () => number): DatasetTable {
  const { connection, write } = database
  const has = connection.prepare<[string], number>('select 1 from datasets where hash = ?').pluck()
  const insert = connection.prepare<[string, string, string, number, number]>(
    'insert into datasets (hash, name, columns, rows, at) values (?, ?, ?, ?, ?)',
  )
  const insertRow = connection.prepare<[string, number, string]>('insert into dataset_rows (dataset, row, json) values (?, ?, ?)')
  const find = connection.prepare<[string], { hash: string; name: string; columns: string; rows: number }>(
    'select hash, name, columns, rows from datasets where hash = ?',
  )
  const findRow = connection.prepare<[string, number], string>('select json from dataset_rows where dataset = ? and row = ?').pluck()
  const sweep = connection.prepare<[number]>('delete from datasets where at < ? and hash not in (select dataset from batches)')

  return {
    keep({ name, columns, rows }) {
      const hash = createHash('sha256').update(JSON.stringify([name, columns]))
      const texts = rows.map((row) => JSON.stringify(row))
      for (const text of texts) hash.update(text).update('\n')
      const key = hash.digest('hex')
      write(() => {
        if (has.get(key)) return
        insert.run(key, name, JSON.stringify(columns), rows.length, now())
        for (const [place, text] of texts.entries()) insertRow.run(key, place, text)
      })
      return key
    },
    get(hash) {
      const row = find.get(hash)
      if (!row) throw new TributaryError('not-found', `The store has no dataset ${hash.slice(0, 12)}….`)
      return { ...row, columns: JSON.parse(row.columns) as string[] }
    },
    row(hash, row) {
      const text = findRow.get(hash, row)
      if (text === undefined) throw new TributaryError('not-found', `The dataset has no row ${row + 1}.`)
      return JSON.parse(text) as JsonObject
    },
    sweep: (before) => void write(() => sweep.run(before)),
  }
}
