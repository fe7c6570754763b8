import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { addGram } from '../../shared/wasm/products'

/**
 * Gram matrices in a file, of which one at a time is in memory: what flows into a model of 8 billion weights has some gigabytes of them. Upper triangles;
 * float32 in the order in which they were first asked for.
 */
export class GramFile {
  readonly #file: number
  #working = new Float32Array(0)
  #end = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w+')
  }

  /** Gives the place of another one, width × width zeros, in bytes. */
  place(width: number): number {
    const at = this.#end
    this.#end += 4 * width * width
    this.#write(at, new Float32Array(width * width))
    return at
  }

  /** Adds x·xᵀ of these rows. */
  add(at: number, values: Float32Array, width: number): void {
    if (this.#working.length < width * width) this.#working = new Float32Array(width * width)
    const gram = this.#working.subarray(0, width * width)
    const bytes = new Uint8Array(gram.buffer, 0, gram.byteLength)
    for (let read = 0; read < bytes.length; ) {
      const more = readSync(this.#file, bytes, read, bytes.length - read, at + read)
      if (more === 0) throw new Error('the file of Gram matrices became shorter while it was written')
      read += more
    }
    addGram(values, width, gram)
    this.#write(at, gram)
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(at: number, { buffer, byteOffset, byteLength }: Float32Array): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done, at + done)
  }
}
