import type { Diff } from '../../shared/graph/diff'
import type { Database } from './database'

export interface JournalEntry {
  /** the revision that the edit led to */
  readonly revision: number
  readonly label: string
  readonly diff: Diff
  readonly at: number
}

/** Every edit of every graph. Written by `graphs.edit`, in the transaction that changes the document. */
export interface JournalTable {
  append(graph: string, entry: JournalEntry): void
  /** Edits after `since`, oldest first. */
  list(graph: string, since?: number): readonly JournalEntry[]
  /** Forgets all but the newest `keep` edits of each graph. */
  trim(keep: number): void
}

interface JournalRow {
  readonly revision: number
  readonly label: string
  readonly diff: string
  readonly at: number
}

export function journalTable(database: Database): JournalTable {
  const { connection, write } = database
  const insert = connection.prepare<[string, number, string, string, number]>(
    'insert into journal (graph, revision, label, diff, at) values (?, ?, ?, ?, ?)',
  )
  const list = connection.prepare<[string, number], JournalRow>(
    'select revision, label, diff, at from journal where graph = ? and revision > ? order by revision',
  )
  const trim = connection.prepare<[number]>(
    'delete from journal where revision <= (select g.revision - ? from graphs as g where g.id = journal.graph)',
  )

  return {
    append: (graph, { revision, label, diff, at }) => void insert.run(graph, revision, label, JSON.stringify(diff), at),
    list: (graph, since = 0) => list.all(graph, since).map((row) => ({ ...row, diff: JSON.parse(row.diff) as Diff })),
    trim: (keep) => void write(() => trim.run(keep)),
  }
}
