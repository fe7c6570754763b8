import { type OpenFile, openBytes } from '../gguf/bytes/file-bytes'

/** Files that a thread reads from, each opened once. */
export class OpenFiles {
  private readonly files = new Map<string, OpenFile>()

  /** Fills `into` from `offset`: all of it, or throws. */
  readInto(path: string, offset: number, into: Uint8Array): void {
    const file = this.files.get(path) ?? openBytes(path)
    this.files.set(path, file)
    file.readInto(offset, into)
  }

  close(): void {
    for (const file of this.files.values()) file.close()
    this.files.clear()
  }
}
