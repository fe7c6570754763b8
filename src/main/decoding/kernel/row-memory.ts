import { engine, type WasmMemory } from '../../../shared/wasm/engine'

const pageBytes = 65536
const vectorBytes = 16

/** Bytes that a row of `size` float32 takes, whole vectors. */
export const paddedBytes = (size: number): number => Math.ceil((size * 4) / vectorBytes) * vectorBytes

interface Span {
  address: number
  bytes: number
}

/**
 * Rows inside one WebAssembly memory. It never grows, because growing would detach every row that is in use; where it is full the caller gets nothing
 * and falls back. First fit over a list of free spans; rows behind their last entry are padded with −∞.
 */
export class RowMemory {
  readonly memory: WasmMemory
  /** by address, never touching one another */
  readonly #free: Span[]

  constructor(bytes: number) {
    const pages = Math.max(1, Math.ceil(bytes / pageBytes))
    this.memory = new engine.Memory({ initial: pages, maximum: pages })
    this.#free = [{ address: 0, bytes: pages * pageBytes }]
  }

  /** A row of zeros; undefined where no span is large enough. */
  take(size: number): Float32Array<ArrayBuffer> | undefined {
    const bytes = Math.max(vectorBytes, paddedBytes(size))
    const at = this.#free.findIndex((span) => span.bytes >= bytes)
    const span = this.#free[at]
    if (span === undefined) return undefined
    const row = new Float32Array(this.memory.buffer, span.address, size)
    span.address += bytes
    span.bytes -= bytes
    if (span.bytes === 0) this.#free.splice(at, 1)
    row.fill(0)
    this.pad(row)
    return row
  }

  give(row: Float32Array): void {
    const span = { address: row.byteOffset, bytes: Math.max(vectorBytes, paddedBytes(row.length)) }
    const at = this.#free.findIndex(({ address }) => address > span.address)
    const place = at < 0 ? this.#free.length : at
    this.#free.splice(place, 0, span)
    this.#join(place)
    this.#join(place - 1)
  }

  /** −∞ in the lanes behind the last entry, so that loops over whole vectors see impossible tokens there; or another value. */
  pad(row: Float32Array, value = -Infinity): void {
    const extra = paddedBytes(row.length) / 4 - row.length
    if (extra > 0) new Float32Array(this.memory.buffer, row.byteOffset + row.length * 4, extra).fill(value)
  }

  /** Makes one span of the one at `place` and its neighbour after it, where they touch. */
  #join(place: number): void {
    const span = this.#free[place]
    const next = this.#free[place + 1]
    if (span === undefined || next === undefined || span.address + span.bytes !== next.address) return
    span.bytes += next.bytes
    this.#free.splice(place + 1, 1)
  }
}
