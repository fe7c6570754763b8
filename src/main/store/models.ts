import type { Json } from '../../shared/json'
import type { Database } from './database'

/** A model file on the shelf. `facts` are what its header says (architecture, vocabulary, quantisation, …): the library's to define. */
export interface ModelRow {
  readonly sha256: string
  readonly path: string
  readonly sizeBytes: number
  /** modification time when it was hashed: another one means that the file must be verified again */
  readonly modifiedMs: number
  readonly name: string
  /** id in the model catalogue */
  readonly catalog?: string
  /** where it came from: `shipped`, `pulled`, `imported`, `written` */
  readonly origin: string
  readonly facts: Json
  readonly recipe?: Json
  readonly addedAt: number
  readonly usedAt?: number
}

/** The shelf of model files, by hash. */
export interface ModelTable {
  put(model: ModelRow): void
  get(sha256: string): ModelRow | undefined
  byPath(path: string): ModelRow | undefined
  byCatalog(catalog: string): ModelRow | undefined
  list(): readonly ModelRow[]
  markUsed(sha256: string, at: number): void
  remove(sha256: string): void
}

interface Row {
  readonly sha256: string
  readonly path: string
  readonly size: number
  readonly modified_ms: number
  readonly name: string
  readonly catalog: string | null
  readonly origin: string
  readonly facts: string
  readonly recipe: string | null
  readonly added_at: number
  readonly used_at: number | null
}

export function modelTable(database: Database): ModelTable {
  const { connection, write } = database
  const put = connection.prepare<
    [string, string, number, number, string, string | null, string, string, string | null, number, number | null]
  >(
    `insert into models (sha256, path, size, modified_ms, name, catalog, origin, facts, recipe, added_at, used_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (sha256) do update set path = excluded.path, size = excluded.size, modified_ms = excluded.modified_ms, name = excluded.name,
       catalog = excluded.catalog, origin = excluded.origin, facts = excluded.facts, recipe = excluded.recipe`,
  )
  const get = connection.prepare<[string], Row>('select * from models where sha256 = ?')
  const byPath = connection.prepare<[string], Row>('select * from models where path = ? order by added_at desc')
  const byCatalog = connection.prepare<[string], Row>('select * from models where catalog = ? order by added_at desc')
  const list = connection.prepare<[], Row>('select * from models order by name, sha256')
  const markUsed = connection.prepare<[number, string]>('update models set used_at = ? where sha256 = ?')
  const remove = connection.prepare<[string]>('delete from models where sha256 = ?')

  return {
    put(model) {
      const { sha256, path, sizeBytes, modifiedMs, name, catalog = null, origin, addedAt, usedAt = null } = model
      const facts = JSON.stringify(model.facts)
      const recipe = model.recipe === undefined ? null : JSON.stringify(model.recipe)
      write(() => put.run(sha256, path, sizeBytes, modifiedMs, name, catalog, origin, facts, recipe, addedAt, usedAt))
    },
    get: (sha256) => parse(get.get(sha256)),
    byPath: (path) => parse(byPath.get(path)),
    byCatalog: (catalog) => parse(byCatalog.get(catalog)),
    list: () => list.all().map(parseRow),
    markUsed: (sha256, at) => void write(() => markUsed.run(at, sha256)),
    remove: (sha256) => void write(() => remove.run(sha256)),
  }
}

const parse = (row: Row | undefined): ModelRow | undefined => (row === undefined ? undefined : parseRow(row))

function parseRow(row: Row): ModelRow {
  return {
    sha256: row.sha256,
    path: row.path,
    sizeBytes: row.size,
    modifiedMs: row.modified_ms,
    name: row.name,
    ...(row.catalog === null ? {} : { catalog: row.catalog }),
    origin: row.origin,
    facts: JSON.parse(row.facts) as Json,
    ...(row.recipe === null ? {} : { recipe: JSON.parse(row.recipe) as Json }),
    addedAt: row.added_at,
    ...(row.used_at === null ? {} : { usedAt: row.used_at }),
  }
}
