import { TributaryError } from '../../shared/errors'
import type { Database } from './database'

/** Data that a person chose. Graphs name it `data:<id>`; its path is known here and nowhere in a graph. */
export interface ResourceRow {
  readonly id: string
  readonly kind: 'folder' | 'file' | 'text'
  readonly name: string
  readonly path: string
  readonly chosenAt: number
}

export interface ResourceTable {
  put(resource: ResourceRow): void
  find(id: string): ResourceRow | undefined
  /** Throws `not-found`. */
  get(id: string): ResourceRow
  findByPath(path: string): ResourceRow | undefined
  list(): readonly ResourceRow[]
  remove(id: string): void
}

const columns = 'id, kind, name, path, chosen_at as chosenAt'

export function resourceTable(database: Database): ResourceTable {
  const { connection, write } = database
  const put = connection.prepare<[string, string, string, string, number]>(
    `insert into resources (id, kind, name, path, chosen_at) values (?, ?, ?, ?, ?)
     on conflict (id) do update set kind = excluded.kind, name = excluded.name, path = excluded.path, chosen_at = excluded.chosen_at`,
  )
  const find = connection.prepare<[string], ResourceRow>(`select ${columns} from resources where id = ?`)
  const byPath = connection.prepare<[string], ResourceRow>(`select ${columns} from resources where path = ? order by chosen_at`)
  const list = connection.prepare<[], ResourceRow>(`select ${columns} from resources order by name, id`)
  const remove = connection.prepare<[string]>('delete from resources where id = ?')

  return {
    put: ({ id, kind, name, path, chosenAt }) => void write(() => put.run(id, kind, name, path, chosenAt)),
    find: (id) => find.get(id),
    get(id) {
      const row = find.get(id)
      if (!row)
        throw new TributaryError('not-found', `The data source "${id}" is not registered here.`, {
          hint: 'Choose the folder or file again on the node that reads it.',
        })
      return row
    },
    findByPath: (path) => byPath.get(path),
    list: () => list.all(),
    remove: (id) => void write(() => remove.run(id)),
  }
}
