import type { JobPool } from '../engine/job'
import type { SinkFile, SinkPlace } from './sink'

/** So much that few questions are asked, and so little that a stop is heeded soon. */
const runBytes = 1 << 25

/**
 * SHA-256 of files in the making, by the threads that write them. Tensors come in any order; behind them each file is read in its own order, out of the page
 * cache, as far as it is finished. What an earlier attempt had written is read like the rest, so a resumed file gets its right hash too.
 */
export class FollowingHash {
  readonly #files: readonly FollowedFile[]

  /** `files` and `places` of one sink; between tensors there is only what stands in the file already. */
  constructor(files: readonly SinkFile[], places: readonly SinkPlace[], pool: JobPool) {
    this.#files = files.map((file, index) => new FollowedFile(file, places, pool, index))
  }

  /** This tensor is in its file. */
  finished(tensor: number): void {
    for (const file of this.#files) file.finished(tensor)
  }

  /** In hexadecimal, by the final path of each file; for when every tensor is finished. */
  async digests(): Promise<ReadonlyMap<string, string>> {
    return new Map(await Promise.all(this.#files.map(async (file) => [file.path, await file.digest()] as const)))
  }

  /** Reads no more; resolves when nothing is being read. */
  async stop(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.stop()))
  }
}

class FollowedFile {
  readonly path: string
  readonly #part: string
  readonly #size: number
  readonly #pool: JobPool
  readonly #home: number
  /** tensors of this file as they lie, and where the next one begins */
  readonly #order: readonly { readonly tensor: number; readonly end: number }[]
  readonly #done = new Set<number>()
  #next = 0
  #ready: number
  #hashed = 0
  #digest: string | undefined
  #running: Promise<void> | undefined
  #stopped = false
  #failure: unknown

  constructor({ path, part, sizeBytes }: SinkFile, places: readonly SinkPlace[], pool: JobPool, home: number) {
    this.path = path
    this.#part = part
    this.#size = sizeBytes
    this.#pool = pool
    this.#home = home
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
    this.#start()
  }

  async digest(): Promise<string> {
    this.#start()
    await this.#running
    if (this.#failure !== undefined) throw this.#failure
    if (this.#digest === undefined) throw new Error(`${this.#part} was hashed to byte ${this.#hashed} of ${this.#size}`)
    return this.#digest
  }

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

  /** Hashes what is ready, and what becomes so meanwhile. */
  async #follow(): Promise<void> {
    while (this.#digest === undefined && this.#hashed < this.#ready && !this.#stopped && this.#failure === undefined) {
      const to = Math.min(this.#ready, this.#hashed + runBytes)
      const job = { type: 'hash', path: this.#part, from: this.#hashed, to, isLast: to === this.#size } as const
      const { digest } = await this.#pool.run(job, this.#home)
      this.#hashed = to
      this.#digest = digest
    }
  }
}
