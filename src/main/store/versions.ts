import { createHash } from 'node:crypto'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Database } from './database'
import { superfluousVersions } from './superfluous'

export interface GraphVersionRow {
  readonly version: number
  readonly name: string
  readonly at: number
  readonly semanticHash: string
  readonly automatic: boolean
  /** what is new in it, in words; empty where it was not told */
  readonly summary: string
  /** the window, tab or command that made it; empty where it was not told */
  readonly author: string
}

export interface NewVersion {
  readonly graph: string
  readonly document: GraphDocument
  readonly name: string
  readonly semanticHash: string
  /** made by the application as time goes by, not by the person; only such versions are thinned */
  readonly automatic?: boolean
  readonly summary?: string
  readonly author?: string
  /** when the document was like this; absent: now */
  readonly at?: number
}

/** Documents as they were: named saves, automatic ones, and what every run ran, each stored once by its hash. */
export interface VersionTable {
  /** Stores the document by its hash and returns the hash. Call it within a transaction when a row will name it. */
  snapshot(document: GraphDocument): string
  document(hash: string): GraphDocument
  save(version: NewVersion): GraphVersionRow
  /** newest first */
  list(graph: string): readonly GraphVersionRow[]
  get(graph: string, version: number): GraphDocument
  latest(graph: string): GraphVersionRow | undefined
  /** Forgets automatic versions that stand too close together for their age. Returns how many. */
  thin(): number
  /** Forgets documents that neither a version nor a run names. */
  sweep(before: number): void
}

interface VersionRow {
  readonly version: number
  readonly name: string
  readonly at: number
  readonly semantic_hash: string
  readonly automatic: number
  readonly summary: string
  readonly author: string
}

export function versionTable(database: Database, now: () => number): VersionTable {
  const { connection, write } = database
  const insertSnapshot = connection.prepare<[string, string, number]>(
    'insert into snapshots (hash, document, at) values (?, ?, ?) on conflict (hash) do nothing',
  )
  const document = connection.prepare<[string], string>('select document from snapshots where hash = ?').pluck()
  const last = connection.prepare<[string], number>('select coalesce(max(version), 0) from versions where graph = ?').pluck()
  const insert = connection.prepare<[string, number, string, number, string, string, number, string, string]>(
    'insert into versions (graph, version, name, automatic, snapshot, semantic_hash, at, summary, author) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const list = connection.prepare<[string, number], VersionRow>(
    'select version, name, at, semantic_hash, automatic, summary, author from versions where graph = ? order by version desc limit ?',
  )
  const graphs = connection.prepare<[], string>('select distinct graph from versions where automatic = 1').pluck()
  const remove = connection.prepare<[string, number]>('delete from versions where graph = ? and version = ?')
  const find = connection
    .prepare<[string, number], string>(
      'select s.document from versions as v join snapshots as s on s.hash = v.snapshot where v.graph = ? and v.version = ?',
    )
    .pluck()
  const sweep = connection.prepare<[number]>(
    'delete from snapshots where at < ? and hash not in (select snapshot from versions) and hash not in (select snapshot from runs) and hash not in (select snapshot from batches)',
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
    save({ graph, document: content, name, semanticHash, automatic = false, summary = '', author = '', at = now() }) {
      return write(() => {
        const version = (last.get(graph) ?? 0) + 1
        insert.run(graph, version, name, Number(automatic), snapshot(content), semanticHash, at, summary, author)
        return { version, name, at, semanticHash, automatic, summary, author }
      })
    },
    list: (graph) => list.all(graph, -1).map(parse),
    latest: (graph) => list.all(graph, 1).map(parse)[0],
    thin: () =>
      write(() => {
        const gone = graphs
          .all()
          .flatMap((graph) => superfluousVersions(list.all(graph, -1).map(parse), now()).map((version) => ({ graph, version })))
        for (const { graph, version } of gone) remove.run(graph, version)
        return gone.length
      }),
    get(graph, version) {
      const text = find.get(graph, version)
      if (text === undefined) throw new TributaryError('not-found', `The graph "${graph}" has no version ${version}.`)
      return JSON.parse(text) as GraphDocument
    },
    sweep: (before) => void write(() => sweep.run(before)),
  }
}

const parse = ({ semantic_hash, automatic, ...row }: VersionRow): GraphVersionRow => ({
  ...row,
  semanticHash: semantic_hash,
  automatic: automatic === 1,
})
