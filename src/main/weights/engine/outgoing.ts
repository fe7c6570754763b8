import { writeAll } from '../gguf/write/part-file'
import type { Buffers } from './buffers'

/** Blocks that follow each other are written together: threads that write into one file wait for each other at every call. */
const atOnce = 2 ** 20

/** What goes into a file, in order. */
export class Outgoing {
  private readonly file: number
  private readonly name: string
  private readonly buffers: Buffers
  private start = 0
  private filled = 0

  constructor(file: number, name: string, buffers: Buffers) {
    this.file = file
    this.name = name
    this.buffers = buffers
  }

  /** `length` bytes to be filled, for this place in the file; they are written at the latest by `flush`. */
  room(length: number, offset: number): Uint8Array {
    if (this.filled > 0 && (offset !== this.start + this.filled || this.filled + length > atOnce)) this.flush()
    if (this.filled === 0) this.start = offset
    const bytes = this.buffers.outgoing(Math.max(length, atOnce)).subarray(this.filled, this.filled + length)
    this.filled += length
    return bytes
  }

  flush(): void {
    if (this.filled > 0) writeAll(this.file, this.buffers.outgoing(this.filled).subarray(0, this.filled), this.start, this.name)
    this.filled = 0
  }
}
