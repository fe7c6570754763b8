import type { Database } from './database'

/** An item that a worker has in hand. */
export interface ItemAtWork {
  readonly batch: string
  readonly item: number
  /** epoch milliseconds */
  readonly since: number
}

/** What a process says of itself while it works on batches. */
export interface WorkerNote {
  /** `window`, `browser`, `terminal`: a process that works on its own batches; `worker`: one that joined a queue */
  readonly kind: string
  readonly pid: number
  readonly machine: string
  /** items it takes at once; 0 where the batch says how many */
  readonly slots: number
  readonly atWork: readonly ItemAtWork[]
  /** by batch: what it brought to an end */
  readonly settled: { readonly [batch: string]: { readonly done: number; readonly failed: number } }
}

export interface WorkerRow extends WorkerNote {
  readonly fence: number
  readonly joinedAt: number
  readonly seenAt: number
  readonly leftAt?: number
  /** false once the process is gone, however it went */
  readonly alive: boolean
}

/** The processes that work on batches of this folder, by what they wrote last. */
export interface WorkerTable {
  /** Writes this process's row, which is also its sign of life. */
  tell(note: WorkerNote): void
  /** This process works no more. */
  leave(): void
  /** Those that live, then those that are gone; newest first. */
  list(): readonly WorkerRow[]
  /** Forgets those last heard of before this time. */
  forget(before: number): void
}

/** A sign of life as young as this needs no look at the process's lock. */
const freshMs = 6000

interface Columns {
  readonly fence: number
  readonly kind: string
  readonly pid: number
  readonly machine: string
  readonly slots: number
  readonly joined_at: number
  readonly seen_at: number
  readonly left_at: number | null
  readonly at_work: string
  readonly settled: string
}

export interface WorkerTableParts {
  readonly fence: number
  readonly now: () => number
  readonly isAlive: (fence: number) => boolean
}

export function workerTable({ connection, write }: Database, { fence, now, isAlive }: WorkerTableParts): WorkerTable {
  const put = connection.prepare<[number, string, number, string, number, number, number, string, string]>(
    `insert into workers (fence, kind, pid, machine, slots, joined_at, seen_at, at_work, settled) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (fence) do update set kind = excluded.kind, slots = excluded.slots, seen_at = excluded.seen_at, left_at = null,
       at_work = excluded.at_work, settled = excluded.settled`,
  )
  const leave = connection.prepare<[number, number]>(`update workers set left_at = ?, at_work = '[]' where fence = ?`)
  const list = connection.prepare<[], Columns>('select * from workers order by left_at is not null, joined_at desc, fence desc')
  const forget = connection.prepare<[number]>('delete from workers where seen_at < ?')

  const parse = (row: Columns): WorkerRow => ({
    fence: row.fence,
    kind: row.kind,
    pid: row.pid,
    machine: row.machine,
    slots: row.slots,
    joinedAt: row.joined_at,
    seenAt: row.seen_at,
    ...(row.left_at === null ? {} : { leftAt: row.left_at }),
    alive: row.left_at === null && (row.fence === fence || now() - row.seen_at < freshMs || isAlive(row.fence)),
    atWork: JSON.parse(row.at_work) as ItemAtWork[],
    settled: JSON.parse(row.settled) as WorkerNote['settled'],
  })

  return {
    tell({ kind, pid, machine, slots, atWork, settled }) {
      write(() => put.run(fence, kind, pid, machine, slots, now(), now(), JSON.stringify(atWork), JSON.stringify(settled)))
    },
    leave: () => void write(() => leave.run(now(), fence)),
    list: () => list.all().map(parse),
    forget: (before) => void write(() => forget.run(before)),
  }
}
