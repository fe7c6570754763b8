import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The secret that signs jobs: made once for a data folder, readable by its owner alone, never in the database, a graph or a queue. */
export function queueKey(folder: string): string {
  const path = join(folder, 'queue.key')
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
  return readFileSync(path, 'utf8')
}
