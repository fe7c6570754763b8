import type { Json } from '../../shared/json'
import type { Database } from './database'

/** What the person set, by name. */
export interface SettingTable {
  get(name: string): Json | undefined
  all(): Readonly<Record<string, Json>>
  /** All changes or none. */
  set(changes: Readonly<Record<string, Json>>): void
  remove(name: string): void
}

export function settingTable(database: Database, now: () => number): SettingTable {
  const { connection, write } = database
  const find = connection.prepare<[string], string>('select value from settings where name = ?').pluck()
  const all = connection.prepare<[], { name: string; value: string }>('select name, value from settings order by name')
  const put = connection.prepare<[string, string, number]>(
    'insert into settings (name, value, updated_at) values (?, ?, ?) on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at',
  )
  const remove = connection.prepare<[string]>('delete from settings where name = ?')

  return {
    get(name) {
      const text = find.get(name)
      return text === undefined ? undefined : (JSON.parse(text) as Json)
    },
    all: () => Object.fromEntries(all.all().map(({ name, value }) => [name, JSON.parse(value) as Json])),
    set(changes) {
      const rows = Object.entries(changes).map(([name, value]) => [name, JSON.stringify(value)] as const)
      write(() => {
        for (const [name, value] of rows) put.run(name, value, now())
      })
    },
    remove: (name) => void write(() => remove.run(name)),
  }
}
