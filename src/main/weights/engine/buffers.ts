/** Float buffers of one block's life, and one for raw bytes: taken in turn, given back all at once, never freed. */
export class Buffers {
  private readonly floats: Float32Array[] = []
  private taken = 0
  private raw = new Uint8Array(65_536 * 4)

  /** A buffer of `length` floats; what stands in it is old. */
  take(length: number): Float32Array {
    const held = this.floats[this.taken]
    const buffer = held !== undefined && held.length >= length ? held : new Float32Array(Math.max(length, 65_536))
    this.floats[this.taken++] = buffer
    return buffer.subarray(0, length)
  }

  /** The bytes buffer: whoever asks next gets the same memory. */
  bytes(length: number): Uint8Array {
    if (this.raw.length < length) this.raw = new Uint8Array(length)
    return this.raw.subarray(0, length)
  }

  reset(): void {
    this.taken = 0
  }
}
