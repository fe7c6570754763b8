import { createHash, type Hash } from 'node:crypto'
import type { OpenFiles } from './open-files'

/** Small enough to be still in the processor's cache when it is hashed. */
const chunkBytes = 1 << 18

/** SHA-256 of files in the making, a run of bytes at a time. */
export class FileHashes {
  private readonly files: OpenFiles
  private readonly hashes = new Map<string, Hash>()
  private chunk: Buffer | undefined

  constructor(files: OpenFiles) {
    this.files = files
  }

  /** Adds the bytes from `from` to `to`, which must follow those before; the first run begins at 0. */
  add(path: string, from: number, to: number): void {
    const hash = this.hashes.get(path) ?? createHash('sha256')
    this.hashes.set(path, hash)
    this.chunk ??= Buffer.allocUnsafeSlow(chunkBytes)
    for (let at = from; at < to; at += chunkBytes) {
      const bytes = this.chunk.subarray(0, Math.min(chunkBytes, to - at))
      this.files.readInto(path, at, bytes)
      hash.update(bytes)
    }
  }

  /** In hexadecimal; the next run begins anew. */
  digest(path: string): string {
    const hash = this.hashes.get(path) ?? createHash('sha256')
    this.hashes.delete(path)
    return hash.digest('hex')
  }
}
