import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { removeQuietly } from '../files'

const journalSchema = z.object({ url: z.string(), sizeBytes: z.number(), tag: z.string(), doneBytes: z.number().int().min(0) })
type Journal = z.infer<typeof journalSchema>

const partPath = (target: string): string => `${target}.part`
const journalPath = (target: string): string => `${target}.part.json`

export interface PartOf {
  readonly url: string
  readonly target: string
  readonly sizeBytes: number
  readonly signal: AbortSignal
}

/** The bytes that are here: on disk, in a running hash, and in the journal. */
export class Part {
  done = 0
  sinceJournal = 0
  /** true: some of it came by an earlier connection, perhaps of another version of the file */
  resumed = false
  tag = ''
  hash: Hash = createHash('sha256')

  constructor(
    private readonly handle: FileHandle,
    private readonly target: string,
    private readonly url: string,
    private readonly sizeBytes: number,
  ) {}

  async append(block: Uint8Array): Promise<void> {
    let written = 0
    while (written < block.length) {
      const { bytesWritten } = await this.handle.write(block, written, block.length - written, this.done + written)
      written += bytesWritten
    }
    this.hash.update(block)
    this.done += block.length
    this.sinceJournal += block.length
  }

  async restart(): Promise<void> {
    this.done = 0
    this.resumed = false
    this.tag = ''
    this.hash = createHash('sha256')
    await this.handle.truncate(0)
    await this.writeJournal()
  }

  async writeJournal(): Promise<void> {
    await this.handle.sync()
    this.sinceJournal = 0
    const journal: Journal = { url: this.url, sizeBytes: this.sizeBytes, tag: this.tag, doneBytes: this.done }
    await writeFile(`${journalPath(this.target)}.new`, JSON.stringify(journal))
    await rename(`${journalPath(this.target)}.new`, journalPath(this.target))
  }

  /** Takes everything away: it was not what we wanted. */
  async discard(): Promise<void> {
    await this.handle.close()
    await Promise.all([removeQuietly(partPath(this.target)), removeQuietly(journalPath(this.target))])
  }

  /** The whole file takes its place. */
  async settle(): Promise<void> {
    await this.handle.sync()
    await this.handle.close()
    await rename(partPath(this.target), this.target)
    await removeQuietly(journalPath(this.target))
  }

  /** Ends an attempt that may go on another day; a disk too full for the journal must not hide why we stopped. */
  async keep(): Promise<void> {
    await this.writeJournal().catch(() => undefined)
    await this.handle.close()
  }
}

/** The part as the journal vouches for it; bytes beyond the journal are dropped, and another address or size starts over. */
export async function openPart({ url, target, sizeBytes, signal }: PartOf): Promise<Part> {
  const journal = await readJournal(target)
  const present = await stat(partPath(target)).then(
    (found) => found.size,
    () => 0,
  )
  const usable = journal !== undefined && journal.url === url && journal.sizeBytes === sizeBytes && journal.doneBytes <= present
  const handle = await open(partPath(target), usable ? 'r+' : 'w')
  const part = new Part(handle, target, url, sizeBytes)
  if (!usable) return part
  await handle.truncate(journal.doneBytes)
  part.tag = journal.tag
  if (journal.doneBytes === 0) return part
  for await (const block of createReadStream(partPath(target), { highWaterMark: 1 << 20, end: journal.doneBytes - 1, signal })) {
    part.hash.update(block as Buffer)
    part.done += (block as Buffer).length
  }
  part.resumed = true
  return part
}

async function readJournal(target: string): Promise<Journal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(journalPath(target), 'utf8')))
  } catch {
    return undefined // no journal, or not ours: start over
  }
}
