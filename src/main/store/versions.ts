import { createHash } from 'node:crypto'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Database } from './database'

export interface GraphVersionRow {
  readonly version: number
  readonly name: string
  readonly at: number
  readonly semanticHash: string
  readonly automatic: boolean
}

export interface NewVersion {
  readonly graph: string
  readonly document: GraphDocument
  readonly name: string
  readonly semanticHash: string
  /** made by the application (before a restore, say), not by the person */
  readonly automatic?: boolean
}

/** Documents as they were: every named save, and what every run ran, each stored once by its hash. */
export interface VersionTable {
  /** Stores the document by its hash and returns the hash. Call it within a transaction when a row will name it. */
  snapshot(document: GraphDocument): string
  document(hash: string): GraphDocument
  save(version: NewVersion): GraphVersionRow
  /** newest first */
  list(graph: string): readonly GraphVersionRow[]
  get(graph: string, version: number): GraphDocument
  /** Forgets documents that neither a version nor a run names. */
  sweep(before: number): void
}

interface VersionRow {
  readonly version: number
  readonly name: string
  readonly at: number
  readonly semantic_hash: string
  readonly automatic: number
}

export function versionTable(database: Database, now: () => number): VersionTable {
  const { connection, write } = database
  const insertSnapshot = connection.prepare<[string, string, number]>(
    'insert into snapshots (hash, document, at) values (?, ?, ?) on conflict (hash) do nothing',
  )
  const document = connection.prepare<[string], string>('select document from snapshots where hash = ?').pluck()
  const last = connection.prepare<[string], number>('select coalesce(max(version), 0) from versions where graph = ?').pluck()
  const insert = connection.prepare<[string, number, string, number, string, string, number]>(
    'insert into versions (graph, version, name, automatic, snapshot, semantic_hash, at) values (?, ?, ?, ?, ?, ?, ?)',
  )
  const list = connection.prepare<[string], VersionRow>(
    'select version, name, at, semantic_hash, automatic from versions where graph = ? order by version desc',
  )
  const find = connection
    .prepare<[string, number], string>(
      'select s.document from versions as v join snapshots as s on s.hash = v.snapshot where v.graph = ? and v.version = ?',
    )
    .pluck()
  const sweep = connection.prepare<[number]>(
    'delete from snapshots where at < ? and hash not in (select snapshot from versions) and hash not in (select snapshot from runs)',
  )

  const snapshot = (content: GraphDocument): string => {
    const text = JSON.stringify(content)
    const hash = createHash('sha256').update(text).digest('hex')
    insertSnapshot.run(hash, text, now())
    return hash
  }

  return {
    snapshot,
    document(hash) {
      const text = document.get(hash)
      if (text === undefined) throw new TributaryError('not-found', `The store has no snapshot ${hash.slice(0, 12)}….`)
      return JSON.parse(text) as GraphDocument
    },
    save({ graph, document: content, name, semanticHash, automatic = false }) {
      return write(() => {
        const version = (last.get(graph) ?? 0) + 1
        const at = now()
        insert.run(graph, version, name, Number(automatic), snapshot(content), semanticHash, at)
        return { version, name, at, semanticHash, automatic }
      })
    },
    list: (graph) =>
      list.all(graph).map((row) => ({
        version: row.version,
        name: row.name,
        at: row.at,
        semanticHash: row.semantic_hash,
        automatic: row.automatic === 1,
      })),
    get(graph, version) {
      const text = find.get(graph, version)
      if (text === undefined) throw new TributaryError('not-found', `The graph "${graph}" has no version ${version}.`)
      return JSON.parse(text) as GraphDocument
    },
    sweep: (before) => void write(() => sweep.run(before)),
  }
}
