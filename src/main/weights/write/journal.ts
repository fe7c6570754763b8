import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export interface Journal {
  /** tensors that are safely in the part file */
  readonly done: ReadonlySet<number>
  readonly resumed: number
  finished(tensor: number, sync: () => void): void
  remove(): void
}

const syncEveryMs = 2000

/** Says beside the part file which tensors of this recipe are synced; `before` are those of an earlier attempt that are still in it. */
export function openJournal(path: string, recipe: string, before: readonly number[]): Journal {
  const file = journalOf(path)
  const done = new Set(before)
  let synced = performance.now()
  return {
    done: new Set(before),
    resumed: before.length,
    finished(tensor, sync) {
      done.add(tensor)
      if (performance.now() - synced < syncEveryMs) return
      sync()
      writeFileSync(`${file}.new`, JSON.stringify({ recipe, done: [...done] }))
      renameSync(`${file}.new`, file)
      synced = performance.now()
    },
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
