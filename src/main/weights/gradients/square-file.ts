import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import type { JsonObject } from '../../../shared/json'
import { encodeTableHeader, type TableEntry } from '../statistics/table'
import { addSquares, type SquareSums } from './squared-slopes'

interface Sized {
  readonly name: string
  readonly length: number
}

const floatBytes = 4
const stepFloats = 2 ** 22

/**
 * A table of `fisher` of every tensor, added up where it lies in its file: a few million numbers at a time are in memory. The masks, whose shapes are known
 * beforehand, stand behind.
 */
export class SquareFile implements SquareSums {
  readonly #file: number
  readonly #starts = new Map<string, number>()
  readonly #from: number
  readonly #end: number

  constructor(path: string, tensors: readonly Sized[], masks: readonly Omit<TableEntry, 'data'>[], made: JsonObject) {
    const squares = tensors.map(({ name, length }) => ({ matrix: name, quantity: 'fisher' as const, shape: [length] }))
    const header = encodeTableHeader([...squares, ...masks], { made })
    let at = header.length
    this.#from = at
    for (const { name, length } of tensors) {
      this.#starts.set(name, at)
      at += floatBytes * length
    }
    this.#end = at
    this.#file = openSync(path, 'w+')
    this.#write(0, header)
    ftruncateSync(this.#file, at)
  }

  add(name: string, start: number, slopes: Float32Array): void {
    const at = (this.#starts.get(name) as number) + floatBytes * start
    const sums = this.#read(at, slopes.length)
    addSquares(sums, slopes)
    this.#write(at, sums)
  }

  /** Makes means over texts of the sums, and appends the masks in the order in which they were announced. */
  finish(texts: number, masks: readonly Pick<TableEntry, 'data'>[]): void {
    for (let at = this.#from; at < this.#end; at += floatBytes * stepFloats) {
      const values = this.#read(at, Math.min(stepFloats, (this.#end - at) / floatBytes))
      for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / Math.max(1, texts)
      this.#write(at, values)
    }
    let at = this.#end
    for (const { data } of masks) {
      this.#write(at, data)
      at += data.byteLength
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  #read(at: number, length: number): Float32Array {
    const values = new Float32Array(length)
    const bytes = new Uint8Array(values.buffer)
    for (let done = 0; done < bytes.length; ) {
      const more = readSync(this.#file, bytes, done, bytes.length - done, at + done)
      if (more === 0) throw new Error('the file of squared slopes became shorter while it was written')
      done += more
    }
    return values
  }

  #write(at: number, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done, at + done)
  }
}
