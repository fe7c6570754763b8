import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection, Database } from './database'
import { type FileLock, isHeld, takeLock } from './lock'

/** This process among those that share the data folder. */
export interface Owner {
  /** grows with every process that ever opened the store; a run carries the one that may write to it */
  readonly fence: number
  close(): void
}

interface OwnerRow {
  readonly fence: number
}

/**
 * Enters this process and ends the rows of those that died. Both happen under the write lock and the lock file is taken before the row is
 * visible, so no process ever takes a living one for dead.
 */
export function becomeOwner(database: Database, folder: string, role: string, now: number): Owner {
  const { connection, write } = database
  const locks = join(folder, 'locks')
  mkdirSync(locks, { recursive: true })
  const insert = connection.prepare<[number, string, number]>('insert into owners (pid, role, started_at) values (?, ?, ?)')
  const end = connection.prepare<[number, number]>('update owners set ended_at = ? where fence = ? and ended_at is null')

  return write(() => {
    const fence = Number(insert.run(process.pid, role, now).lastInsertRowid)
    const lock: FileLock | undefined = takeLock(lockFile(locks, fence))
    if (!lock) throw new Error(`the lock file of the new owner ${fence} is already held`)
    for (const other of deadOwners(connection, folder)) end.run(now, other)
    return {
      fence,
      close: () => {
        try {
          end.run(Date.now(), fence)
        } catch {
          // A full disk or a held database keeps nobody from leaving: without its lock the next process takes this one for dead, and checks what it left.
        }
        lock.release()
      },
    }
  })
}

/** Forgets processes that are gone and that no run names. Their numbers are never given again. */
export function forgetOwners({ connection, write }: Database): void {
  const forget = connection.prepare(
    `delete from owners where ended_at is not null and fence not in (select fence from runs)
       and fence not in (select fence from batches where fence is not null)`,
  )
  write(() => forget.run())
}

/** Owners that neither closed their store nor live. */
export function deadOwners(connection: Connection, folder: string): number[] {
  const open = connection.prepare<[], OwnerRow>('select fence from owners where ended_at is null').all()
  return open.map((row) => row.fence).filter((fence) => !isHeld(lockFile(join(folder, 'locks'), fence)))
}

/** Who has this folder open now, as far as the database can be read: empty where not even that is allowed. */
export function livingOwners(connection: Connection, folder: string): readonly { readonly pid: number; readonly role: string }[] {
  try {
    const rows = connection
      .prepare<[], OwnerRow & { pid: number; role: string }>('select fence, pid, role from owners where ended_at is null order by fence')
      .all()
    return rows.flatMap(({ fence, pid, role }) => (isAlive(folder, fence) ? [{ pid, role }] : []))
  } catch {
    // Whoever holds the database may let nobody read, or it is one of an older version: then the refusal stands without names.
    return []
  }
}

/** Does the process with this fencing number live, wherever on this folder it is? */
export const isAlive = (folder: string, fence: number): boolean => isHeld(lockFile(join(folder, 'locks'), fence))

/** Does any other process live on this folder? Asked before a migration or a restore, which must have it alone. */
export function othersLive(folder: string, files: readonly string[]): boolean {
  return files.filter((name) => /^owner-\d+$/.test(name)).some((name) => isHeld(join(folder, 'locks', name)))
}

const lockFile = (locks: string, fence: number): string => join(locks, `owner-${fence}`)
