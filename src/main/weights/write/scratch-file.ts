import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { compile } from '../engine/compile'
import { outputMetadata, outputTensors, type Provenance } from '../engine/output'
import type { Place } from '../engine/plan'
import { placeKey, TensorKeys } from '../engine/tensor-key'
import { encodeHeader } from '../gguf/write/encode-header'
import { requireSpace, writeAll } from '../gguf/write/part-file'
import { readerOf } from '../statistics/stored-table'
import type { WriteRequest, WriteTools } from '../write-model'
import type { Journal } from './journal'
import type { Sink } from './sink'
import { writeTensors } from './write-tensors'

/** What was written for one candidate. */
export interface Patched {
  readonly tensors: number
  readonly bytes: number
}

/** A candidate says nothing of where it comes from, so the header of the next one is the same, byte for byte. */
const nameless: Provenance = { name: 'candidate', recipe: '', inputs: '', seed: 0, warnings: [], version: '', origins: [] }

/**
 * One GGUF for all candidates of a search, one after the other: of the next one only those tensors are written whose recipe has changed, in their places. The
 * tensors are those of a whole file, bit for bit. A candidate of another form (other layers, types, vocabulary) begins a new file. Nothing is synced: after a
 * kill the file counts for nothing. Who reads it must have let go of it before the next candidate is written.
 */
export class ScratchFile {
  #header = new Uint8Array(0)
  #file: number | undefined
  #keys: (string | undefined)[] = []

  constructor(readonly path: string) {}

  /** Throws what writing a model throws; what was not reached is written the next time. */
  async write({ expression, dtype, blobs }: Pick<WriteRequest, 'expression' | 'dtype' | 'blobs'>, tools: WriteTools): Promise<Patched> {
    const compiled = await compile(expression, tools.resolve, blobs && readerOf(blobs), tools.derived)
    const tensors = outputTensors(compiled, dtype, tools.codec)
    const encoded = encodeHeader(outputMetadata(compiled.metadata, 'keep', nameless), tensors)
    const file = this.#open(encoded.bytes, encoded.fileSize)
    const keys = new TensorKeys(compiled.plan)
    const wanted = tensors.map(({ copy }, tensor) =>
      copy ? placeKey(compiled.leading[tensor] as Place) : keys.of(compiled.plan.root, tensor),
    )
    const same = new Set(wanted.flatMap((key, tensor) => (key === this.#keys[tensor] ? [tensor] : [])))
    this.#keys = wanted.map((key, tensor) => (same.has(tensor) ? key : undefined))
    const places = encoded.tensors.map(({ offset, byteLength, type }, tensor) => {
      return { path: this.path, offset, byteLength, type, copy: tensors[tensor]?.copy === true }
    })
    const sink: Pick<Sink, 'places' | 'sizeBytes' | 'write' | 'sync'> = {
      places,
      sizeBytes: encoded.fileSize,
      write: (tensor, bytes, at) => writeAll(file, bytes, (places[tensor]?.offset ?? 0) + at, basename(this.path)),
      sync: async () => undefined,
    }
    const journal: Pick<Journal, 'done' | 'finished'> = {
      done: same,
      finished: (tensor) => {
        this.#keys[tensor] = wanted[tensor]
      },
    }
    const pool = tools.pool(compiled.plan)
    try {
      await writeTensors({ ...compiled, sink, pool, journal, jobBlocks: tools.jobBlocks ?? 32, signal: tools.signal })
    } finally {
      await pool.close()
    }
    const written = places.filter((_, tensor) => !same.has(tensor))
    return { tensors: written.length, bytes: written.reduce((sum, { byteLength }) => sum + byteLength, 0) }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    rmSync(this.path, { force: true })
  }

  /** The file as it stands where its header is this one; else a new one, which whoever still reads the old one does not see. */
  #open(header: Uint8Array, size: number): number {
    if (this.#file !== undefined && Buffer.compare(this.#header, header) === 0) return this.#file
    this.close()
    mkdirSync(dirname(this.path), { recursive: true })
    requireSpace(this.path, size)
    const file = openSync(this.path, 'wx')
    this.#file = file
    this.#keys = []
    this.#header = Uint8Array.from(header)
    ftruncateSync(file, size)
    writeAll(file, header, 0, basename(this.path))
    return file
  }
}
