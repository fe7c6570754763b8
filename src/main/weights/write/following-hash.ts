import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { SinkFile, SinkPlace } from './sink'

/** Small enough that the event loop has its turn, large enough that asking costs nothing. */
const chunkBytes = 1 << 20

/**
 * SHA-256 of files in the making. Tensors come in any order; behind them each file is read in its own order, out of the page cache, as far as it is
 * finished. What an earlier attempt had written is read like the rest, so a resumed file gets its right hash too.
 */
export class FollowingHash {
  readonly #files: FollowedFile[]
  #running: Promise<void> | undefined
  #stopped = false
  #failure: unknown

  /** `files` and `places` of one sink; between tensors there is only what stands in the file already. */
  constructor(files: readonly SinkFile[], places: readonly SinkPlace[]) {
    this.#files = files.map((file) => new FollowedFile(file, places))
  }

  /** This tensor is in its file. */
  finished(tensor: number): void {
    for (const file of this.#files) file.finished(tensor)
    this.#start()
  }

  /** In hexadecimal, by the final path of each file; for when every tensor is finished. */
  async digests(): Promise<ReadonlyMap<string, string>> {
    await this.#running
    this.#start()
    await this.#running
    if (this.#failure !== undefined) throw this.#failure
    return new Map(this.#files.map((file) => [file.path, file.digest()]))
  }

  /** Reads no more; resolves when nothing is open. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  #start(): void {
    this.#running ??= this.#follow()
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  async #follow(): Promise<void> {
    for (const file of this.#files) await file.follow(() => this.#stopped)
  }
}

class FollowedFile {
  readonly path: string
  readonly #part: string
  readonly #size: number
  /** tensors of this file as they lie, and where the next one begins */
  readonly #order: readonly { readonly tensor: number; readonly end: number }[]
  readonly #done = new Set<number>()
  #next = 0
  #ready: number
  #hashed = 0
  readonly #hash: Hash = createHash('sha256')

  constructor({ path, part, sizeBytes }: SinkFile, places: readonly SinkPlace[]) {
    this.path = path
    this.#part = part
    this.#size = sizeBytes
    const own = [...places.entries()].filter(([, place]) => place.path === part).sort(([, a], [, b]) => a.offset - b.offset)
    this.#order = own.map(([tensor], index) => ({ tensor, end: own[index + 1]?.[1].offset ?? sizeBytes }))
    this.#ready = own[0]?.[1].offset ?? sizeBytes
  }

  finished(tensor: number): void {
    this.#done.add(tensor)
    for (let at = this.#order[this.#next]; at !== undefined && this.#done.has(at.tensor); at = this.#order[this.#next]) {
      this.#ready = at.end
      this.#next++
    }
  }

  /** Hashes what is ready, and what becomes so meanwhile. */
  async follow(isStopped: () => boolean): Promise<void> {
    if (this.#hashed >= this.#ready) return
    const file = await open(this.#part, 'r')
    try {
      const buffers = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const
      const read = (at: number, into: Buffer) => file.read(into, 0, Math.min(chunkBytes, this.#ready - at), at)
      // one chunk is read while the one before is hashed
      let turn = 0
      let coming = read(this.#hashed, buffers[0])
      while (this.#hashed < this.#ready && !isStopped()) {
        const { bytesRead } = await coming
        if (bytesRead === 0) throw new Error(`${this.#part} ended while it was being hashed`)
        const chunk = (buffers[turn] as Buffer).subarray(0, bytesRead)
        const next = this.#hashed + bytesRead
        turn = 1 - turn
        if (next < this.#ready) coming = read(next, buffers[turn] as Buffer)
        this.#hash.update(chunk)
        this.#hashed = next
        if (next >= this.#ready) break
      }
      await coming.catch(() => undefined)
    } finally {
      await file.close()
    }
  }

  digest(): string {
    if (this.#hashed !== this.#size) throw new Error(`${this.#part} was hashed to byte ${this.#hashed} of ${this.#size}`)
    return this.#hash.digest('hex')
  }
}
