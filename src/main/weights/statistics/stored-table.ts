import { openBytes } from '../gguf/bytes/file-bytes'
import type { SafetensorsTensor } from '../safetensors/header'
import { decodeTable, type StatisticsTable, tableIn } from './table'

/** Statistics in memory that threads share, or the path of the file that holds them. */
export type StatisticsPlace = SharedArrayBuffer | string

/** Gives the bytes of a blob, or the file that holds them. */
export type ReadBlob = (key: string) => Promise<Uint8Array | { readonly path: string }>

/** Where blobs are kept; those that have files are read there. */
export interface BlobSource {
  readonly get: ReadBlob
  readonly path?: (key: string) => Promise<string>
}

export const readerOf =
  ({ get, path }: BlobSource): ReadBlob =>
  async (key) =>
    path === undefined ? get(key) : { path: await path(key) }

/** Where the statistics of a blob are: in its file, or in memory that all threads share. */
export async function placeStatistics(read: ReadBlob, blob: string): Promise<StatisticsPlace> {
  const found = await read(blob)
  if (!(found instanceof Uint8Array)) return found.path
  const shared = new SharedArrayBuffer(found.length)
  new Uint8Array(shared).set(found)
  return shared
}

/** Of what one thread keeps of one table: a tensor's blocks ask for the same arrays one after the other. */
const mostHeldBytes = 32 * 2 ** 20

/** A table where it lies: only the arrays of the tensors in hand are in memory. */
export function openTable(place: StatisticsPlace): StatisticsTable {
  return typeof place === 'string' ? new StoredTable(place) : decodeTable(new Uint8Array(place))
}

/** A table in a file: its header is read at once, an array when it is asked for. Throws `file-format`, `file-unreadable` or `model-corrupt`. */
export class StoredTable implements StatisticsTable {
  readonly made?: NonNullable<StatisticsTable['made']>
  readonly matrices: StatisticsTable['matrices']
  readonly quantities: StatisticsTable['quantities']
  readonly has: StatisticsTable['has']
  readonly get: StatisticsTable['get']
  readonly #path: string
  /** the one asked for last stands last */
  readonly #held = new Map<string, Float32Array>()
  #heldBytes = 0

  constructor(path: string) {
    this.#path = path
    const file = openBytes(path)
    try {
      const table = tableIn(file, (place) => this.#read(place))
      if (table.made !== undefined) this.made = table.made
      this.matrices = table.matrices
      this.quantities = table.quantities
      this.has = table.has
      this.get = table.get
    } finally {
      file.close()
    }
  }

  /** bytes of arrays that are in memory now: 32 MiB at most, or the one array that is larger */
  get heldBytes(): number {
    return this.#heldBytes
  }

  #read({ name, offset, byteLength }: SafetensorsTensor): Float32Array {
    const values = this.#held.get(name) ?? this.#fromFile(offset, byteLength)
    if (this.#held.delete(name)) this.#heldBytes -= byteLength
    for (const [other, old] of this.#held) {
      if (this.#heldBytes + byteLength <= mostHeldBytes) break
      this.#held.delete(other)
      this.#heldBytes -= old.byteLength
    }
    this.#held.set(name, values)
    this.#heldBytes += byteLength
    return values
  }

  #fromFile(offset: number, byteLength: number): Float32Array {
    const file = openBytes(this.#path)
    try {
      const values = new Float32Array(byteLength / 4)
      file.readInto(offset, new Uint8Array(values.buffer))
      return values
    } finally {
      file.close()
    }
  }
}
