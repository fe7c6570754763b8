import type { Json } from '../../shared/json'
import type { WireKind } from '../../shared/wire'
import type { Database } from './database'

/** What a node gave on one port. */
export interface OutputRef {
  readonly kind: WireKind
  readonly list: boolean
  readonly sha: string
  readonly sizeBytes: number
  /** the value itself when small, else its shape with long texts and lists cut */
  readonly preview: Json
}
export type OutputRefs = Readonly<Record<string, OutputRef>>

export interface NewResult {
  /** SHA-256 of the canonical `parts` */
  readonly key: string
  /** what the key was made of: a miss is explained by the difference of two of them */
  readonly parts: string
  readonly outputs: OutputRefs
  readonly run: string
  readonly node: string
}

export interface CachedResult {
  readonly outputs: OutputRefs
  readonly run: string
  readonly createdAt: number
  readonly usedAt: number
}

/** Results by the content of what went in. */
export interface ResultTable {
  put(result: NewResult): void
  find(key: string): CachedResult | undefined
  partsOf(key: string): Json | undefined
  touch(key: string): void
  remove(key: string): void
  count(): number
}

interface ResultRow {
  readonly outputs: string
  readonly run: string
  readonly created_at: number
  readonly used_at: number
}

export function resultTable({ connection, write, readTogether }: Database, now: () => number): ResultTable {
  const insert = connection.prepare<[string, string, string, string, string, number, number]>(
    `insert into results (key, parts, outputs, run, node, created_at, used_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (key) do update set outputs = excluded.outputs, run = excluded.run, node = excluded.node, created_at = excluded.created_at, used_at = excluded.used_at`,
  )
  const find = connection.prepare<[string], ResultRow>('select outputs, run, created_at, used_at from results where key = ?')
  const parts = connection.prepare<[string], string>('select parts from results where key = ?').pluck()
  const touch = connection.prepare<[number, string]>('update results set used_at = ? where key = ?')
  const remove = connection.prepare<[string]>('delete from results where key = ?')
  const count = connection.prepare<[], number>('select count(*) from results').pluck()

  return {
    put({ key, parts, outputs, run, node }) {
      const at = now()
      insert.run(key, parts, JSON.stringify(outputs), run, node, at, at)
    },
    find(key) {
      readTogether()
      const row = find.get(key)
      if (!row) return undefined
      return { outputs: JSON.parse(row.outputs) as OutputRefs, run: row.run, createdAt: row.created_at, usedAt: row.used_at }
    },
    partsOf(key) {
      const text = parts.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as Json)
    },
    touch: (key) => void touch.run(now(), key),
    remove: (key) => void write(() => remove.run(key)),
    count: () => count.get() ?? 0,
  }
}
