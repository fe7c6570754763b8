import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export interface Journal {
  /** tensors that are safely in the part file */
  readonly done: ReadonlySet<number>
  readonly resumed: number
  /** This tensor is written. Now and then what is written is synced and said so, while others go on; a failure shows in `settled`. */
  finished(tensor: number, sync: () => Promise<void>): void
  /** Nothing is being synced any more. */
  settled(): Promise<void>
  remove(): void
}

/** Often enough that little is left to be synced at the end: a disk writes while processors compute. */
const syncEveryMs = 60

/** Says beside the part file which tensors of this recipe are synced; `before` are those of an earlier attempt that are still in it. */
export function openJournal(path: string, recipe: string, before: readonly number[]): Journal {
  const file = journalOf(path)
  const done = new Set(before)
  let last = performance.now()
  let syncing: Promise<void> | undefined
  const note = async (tensors: readonly number[], sync: () => Promise<void>): Promise<void> => {
    await sync()
    writeFileSync(`${file}.new`, JSON.stringify({ recipe, done: tensors }))
    renameSync(`${file}.new`, file)
    last = performance.now()
    syncing = undefined
  }
  return {
    done: new Set(before),
    resumed: before.length,
    finished(tensor, sync) {
      done.add(tensor)
      if (syncing !== undefined || performance.now() - last < syncEveryMs) return
      syncing = note([...done], sync)
      // whoever settles sees it
      syncing.catch(() => undefined)
    },
    settled: async () => syncing,
    remove: () => rmSync(file, { force: true }),
  }
}

const journalOf = (path: string): string => `${path}.part.json`

/** What the journal of an earlier attempt lists. One of another recipe, or without its part file, counts for nothing. */
export function journaled(path: string, recipe: string): number[] {
  const file = journalOf(path)
  if (!existsSync(file) || !existsSync(`${path}.part`)) return []
  try {
    const journal = JSON.parse(readFileSync(file, 'utf8')) as { recipe?: unknown; done?: unknown }
    return journal.recipe === recipe && Array.isArray(journal.done) ? journal.done.filter((index) => Number.isInteger(index)) : []
  } catch {
    return [] // half-written: the work starts again
  }
}
