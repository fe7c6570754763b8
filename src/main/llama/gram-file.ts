import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { addGram } from '../../shared/wasm/products'
import { waitingBytes } from './plan-tap'

/**
 * Gram matrices in a file, of which one at a time is in memory: what flows into a model of 8 billion weights has some gigabytes of them. Upper triangles;
 * float32 in the order in which they were first asked for. Rows wait until `settle`, as many as 64 MiB hold: while llama.cpp shows its tensors its other threads
 * wait with all their might, and each matrix is read and written once for all rows that wait for it.
 */
export class GramFile {
  readonly #file: number
  readonly #waiting = new Map<number, Float32Array[]>()
  readonly #widths = new Map<number, number>()
  #working = new Float32Array(0)
  #end = 0
  #held = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w+')
  }

  /** Gives the place of another one, width × width zeros, in bytes. */
  place(width: number): number {
    const at = this.#end
    this.#end += 4 * width * width
    this.#widths.set(at, width)
    this.#write(at, new Float32Array(width * width))
    return at
  }

  /** Adds x·xᵀ of these rows, which are copied, to the matrix at this place. */
  add(at: number, rows: Float32Array): void {
    if (this.#held + rows.byteLength > waitingBytes) this.settle()
    this.#held += rows.byteLength
    const waiting = this.#waiting.get(at)
    if (waiting) waiting.push(rows.slice())
    else this.#waiting.set(at, [rows.slice()])
  }

  /** Adds what waits. */
  settle(): void {
    for (const [at, parts] of this.#waiting) {
      const width = this.#widths.get(at) ?? 0
      const gram = this.#read(at, width)
      for (const rows of parts) addGram(rows, width, gram)
      this.#write(at, gram)
    }
    this.#waiting.clear()
    this.#held = 0
  }

  close(): void {
    closeSync(this.#file)
  }

  #read(at: number, width: number): Float32Array {
    if (this.#working.length < width * width) this.#working = new Float32Array(width * width)
    const gram = this.#working.subarray(0, width * width)
    const bytes = new Uint8Array(gram.buffer, 0, gram.byteLength)
    for (let read = 0; read < bytes.length; ) {
      const more = readSync(this.#file, bytes, read, bytes.length - read, at + read)
      if (more === 0) throw new Error('the file of Gram matrices became shorter while it was written')
      read += more
    }
    return gram
  }

  #write(at: number, { buffer, byteOffset, byteLength }: Float32Array): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done, at + done)
  }
}
