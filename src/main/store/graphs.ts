import { TributaryError } from '../../shared/errors'
import type { Diff } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { Database } from './database'
import type { JournalTable } from './journal'

export interface StoredGraph {
  readonly id: string
  readonly document: GraphDocument
  /** counts edits from 1 */
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
}

export interface GraphSummary {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly nodes: number
  readonly updatedAt: number
}

export interface GraphEdit {
  readonly id: string
  /** the revision that the edit was made on */
  readonly revision: number
  /** the document after the edit */
  readonly document: GraphDocument
  readonly diff: Diff
  readonly label: string
}

/** Graph documents, each with the revision that its journal leads to. */
export interface GraphTable {
  /** Stores a new graph. Throws `graph-conflict` when the id is taken. */
  create(document: GraphDocument): StoredGraph
  /** Throws `graph-not-found`. Deleted graphs are not found. */
  get(id: string): StoredGraph
  has(id: string): boolean
  /** newest first */
  list(): readonly GraphSummary[]
  /** Journals the edit and stores the document in one transaction. Throws `graph-conflict` when another edit came first. */
  edit(edit: GraphEdit): number
  /** The values typed into the graph's inputs: a draft, no part of the document. */
  inputs(id: string): Record<string, Json>
  setInputs(id: string, inputs: Readonly<Record<string, Json>>): void
  /** Breakpoints and pinned values: a draft, no part of the document. */
  control(id: string): Json
  setControl(id: string, control: Json): void
  /** Hides the graph; `undelete` brings it back until `purge`. */
  delete(id: string): void
  undelete(id: string): StoredGraph
  /** Removes for good what was deleted before a moment. */
  purge(deletedBefore: number): number
}

interface GraphRow {
  readonly id: string
  readonly document: string
  readonly revision: number
  readonly created_at: number
  readonly updated_at: number
}
interface SummaryRow {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly nodes: number
  readonly updated_at: number
}

export function graphTable(database: Database, journal: JournalTable, now: () => number): GraphTable {
  const { connection, write } = database
  const insert = connection.prepare<[string, string, string, number, number, number]>(
    'insert into graphs (id, name, document, revision, nodes, created_at, updated_at) values (?, ?, ?, 1, ?, ?, ?)',
  )
  const find = connection.prepare<[string], GraphRow>(
    'select id, document, revision, created_at, updated_at from graphs where id = ? and deleted_at is null',
  )
  const taken = connection.prepare<[string], number>('select 1 from graphs where id = ?').pluck()
  const list = connection.prepare<[], SummaryRow>(
    'select id, name, revision, nodes, updated_at from graphs where deleted_at is null order by updated_at desc, id',
  )
  const update = connection.prepare<[string, string, number, number, number, string, number]>(
    'update graphs set name = ?, document = ?, revision = ?, nodes = ?, updated_at = ? where id = ? and revision = ? and deleted_at is null',
  )
  const inputs = connection.prepare<[string], string>('select inputs from graphs where id = ?').pluck()
  const control = connection.prepare<[string], string>('select control from graphs where id = ?').pluck()
  const setControl = connection.prepare<[string, string]>('update graphs set control = ? where id = ?')
  const setInputs = connection.prepare<[string, string]>('update graphs set inputs = ? where id = ?')
  const setDeleted = connection.prepare<[number | null, string]>('update graphs set deleted_at = ? where id = ?')
  const purge = connection.prepare<[number]>('delete from graphs where deleted_at < ?')

  const get = (id: string): StoredGraph => {
    const row = find.get(id)
    if (!row) throw notFound(id)
    return {
      id: row.id,
      document: JSON.parse(row.document) as GraphDocument,
      revision: row.revision,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }
  }

  return {
    create(document) {
      const { id, name } = document
      const nodes = Object.keys(document.nodes).length
      const text = JSON.stringify(document)

      return write(() => {
        if (taken.get(id) !== undefined)
          throw new TributaryError('graph-conflict', `A graph with the id "${id}" is already stored.`, {
            hint: 'Import it under a new id.',
          })
        insert.run(id, name, text, nodes, now(), now())
        return get(id)
      })
    },

    get,
    has: (id) => find.get(id) !== undefined,
    list: () => list.all().map(({ updated_at, ...row }) => ({ ...row, updatedAt: updated_at })),

    edit({ id, revision, document, diff, label }) {
      if (document.id !== id) throw new Error(`an edit of graph ${id} came with the document of ${document.id}`)
      const nodes = Object.keys(document.nodes).length
      const text = JSON.stringify(document)

      return write(() => {
        const next = revision + 1
        const at = now()
        const { changes } = update.run(document.name, text, next, nodes, at, id, revision)
        if (changes === 0) throw conflictOrMissing(find.get(id), id, revision)
        journal.append(id, { revision: next, label, diff, at })
        return next
      })
    },

    control: (id) => JSON.parse(control.get(id) ?? '{}') as Json,
    setControl: (id, value) => void write(() => setControl.run(JSON.stringify(value), id)),
    inputs: (id) => JSON.parse(inputs.get(id) ?? '{}') as Record<string, Json>,
    setInputs(id, values) {
      const text = JSON.stringify(values)
      write(() => {
        if (setInputs.run(text, id).changes === 0) throw notFound(id)
      })
    },

    delete(id) {
      write(() => {
        if (!find.get(id)) throw notFound(id)
        setDeleted.run(now(), id)
      })
    },
    undelete(id) {
      return write(() => {
        if (setDeleted.run(null, id).changes === 0) throw notFound(id)
        return get(id)
      })
    },
    purge: (deletedBefore) => write(() => purge.run(deletedBefore).changes),
  }
}

function conflictOrMissing(row: GraphRow | undefined, id: string, revision: number): TributaryError {
  if (!row) return notFound(id)
  return new TributaryError(
    'graph-conflict',
    `The graph was changed elsewhere: this edit was made on revision ${revision}, the store has ${row.revision}.`,
    {
      hint: 'Open the graph again to see the other changes.',
      details: { revision: row.revision },
    },
  )
}

const notFound = (id: string): TributaryError =>
  new TributaryError('graph-not-found', `There is no graph "${id}" in the store.`, {
    hint: 'See the list of graphs, or undo its deletion.',
  })
