import type { Database } from './database'

export type AcceptedKind = 'model' | 'template'

/** What a person accepted once, by hash. */
export interface AcceptedTable {
  has(kind: AcceptedKind, hash: string): boolean
  /** all hashes of a kind, in the order of the alphabet */
  list(kind: AcceptedKind): readonly string[]
  add(kind: AcceptedKind, hash: string): void
  remove(kind: AcceptedKind, hash: string): void
}

export function acceptedTable({ connection, write }: Database, now: () => number): AcceptedTable {
  const find = connection.prepare<[string, string], number>('select 1 from accepted where kind = ? and hash = ?').pluck()
  const list = connection.prepare<[string], string>('select hash from accepted where kind = ? order by hash').pluck()
  const add = connection.prepare<[string, string, number]>('insert into accepted (kind, hash, at) values (?, ?, ?) on conflict do nothing')
  const remove = connection.prepare<[string, string]>('delete from accepted where kind = ? and hash = ?')
  return {
    has: (kind, hash) => find.get(kind, hash) === 1,
    list: (kind) => list.all(kind),
    add: (kind, hash) => void write(() => add.run(kind, hash, now())),
    remove: (kind, hash) => void write(() => remove.run(kind, hash)),
  }
}
