import { give, takeBytes, takeFloats } from '../kernels/vector/memory'

/** Float buffers of one block's life, and two for bytes, where vector loops reach them: taken in turn, given back all at once. */
export class Buffers {
  private readonly floats: Float32Array[] = []
  private taken = 0
  private raw = takeBytes(65_536 * 4)
  private out: Uint8Array = new Uint8Array(0)

  /** A buffer of `length` floats; what stands in it is old. */
  take(length: number): Float32Array {
    const held = this.floats[this.taken]
    if (held !== undefined && held.length < length) give(held)
    const buffer = held !== undefined && held.length >= length ? held : takeFloats(Math.max(length, 65_536))
    this.floats[this.taken++] = buffer
    return buffer.subarray(0, length)
  }

  /** The bytes buffer: whoever asks next gets the same memory. */
  bytes(length: number): Uint8Array {
    if (this.raw.length < length) {
      give(this.raw)
      this.raw = takeBytes(length)
    }
    return this.raw.subarray(0, length)
  }

  /** The buffer of what goes out: it keeps its bytes until a larger one is asked for. */
  outgoing(length: number): Uint8Array {
    if (this.out.length < length) {
      give(this.out)
      this.out = takeBytes(length)
    }
    return this.out
  }

  reset(): void {
    this.taken = 0
  }

  /** Nothing of these is in use any more. */
  close(): void {
    for (const buffer of [...this.floats, this.raw, this.out]) give(buffer)
    this.floats.length = 0
    this.raw = new Uint8Array(0)
    this.out = new Uint8Array(0)
  }
}
