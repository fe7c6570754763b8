import { TributaryError } from '../../shared/errors'
import type { WireKind } from '../../shared/wire'
import type { BlobTable } from './blobs'
import type { Database } from './database'

/** Text longer than this lives in a blob. */
export const blobThresholdBytes = 64 * 1024

export interface NewValue {
  /** of the canonical JSON of kind, list and data: `hashValue` in the executor */
  readonly sha: string
  readonly kind: WireKind
  readonly list: boolean
  /** the data as JSON */
  readonly json: string
  /** blobs that the data names; they live as long as the value */
  readonly mentions: readonly string[]
}

export interface StoredValue {
  readonly sha: string
  readonly kind: WireKind
  readonly list: boolean
  readonly sizeBytes: number
  readonly data: unknown
  readonly mentions: readonly string[]
}

/** Values that flowed on wires, by hash. */
export interface ValueTable {
  /** Stores the value unless it is there. Call it within a transaction when several belong together. */
  put(value: NewValue): void
  /** Throws `not-found` when the value is not (or no longer) stored. */
  get(sha: string): StoredValue
  has(sha: string): boolean
  totalBytes(): number
}

interface ValueRow {
  readonly sha: string
  readonly kind: WireKind
  readonly list: number
  readonly size: number
  readonly json: string | null
  readonly blob: string | null
  readonly mentions: string | null
}

export function valueTable(database: Database, blobs: BlobTable, now: () => number): ValueTable {
  const { connection, write } = database
  const insert = connection.prepare<[string, string, number, number, string | null, string | null, string | null, number]>(
    'insert into wire_values (sha, kind, list, size, json, blob, mentions, used_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (sha) do nothing',
  )
  const find = connection.prepare<[string], ValueRow>('select sha, kind, list, size, json, blob, mentions from wire_values where sha = ?')
  const exists = connection.prepare<[string], number>('select 1 from wire_values where sha = ?').pluck()
  const total = connection.prepare<[], number>('select coalesce(sum(size), 0) from wire_values').pluck()

  return {
    put(value) {
      const { sha, kind, list, json } = value
      const mentions = value.mentions.length === 0 ? null : JSON.stringify(value.mentions)
      const size = Buffer.byteLength(json)
      const large = size > blobThresholdBytes

      if (large && exists.get(sha)) return

      if (large) write(() => insert.run(sha, kind, Number(list), size, null, blobs.put(Buffer.from(json)), mentions, now()))
      else insert.run(sha, kind, Number(list), size, json, null, mentions, now())
    },

    get(sha) {
      const row = find.get(sha)

      if (!row)
        throw new TributaryError('not-found', `The value ${sha.slice(0, 12)}… is no longer stored.`, {
          hint: 'Run the node again to get it back.',
        })

      const json = row.json ?? Buffer.from(blobs.get(row.blob!)).toString('utf8')
      return {
        sha,
        kind: row.kind,
        list: row.list === 1,
        sizeBytes: row.size,
        data: JSON.parse(json) as unknown,
        mentions: row.mentions === null ? [] : (JSON.parse(row.mentions) as string[]),
      }
    },

    has: (sha) => exists.get(sha) !== undefined,
    totalBytes: () => total.get() ?? 0,
  }
}
