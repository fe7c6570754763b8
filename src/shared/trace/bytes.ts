/** Little-endian bytes, written in growing buffers and read back; numbers below 128 take one byte as `varint`. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 12)
  #length = 0

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  short(value: number): void {
    this.byte(value & 0xff)
    this.byte(value >>> 8)
  }

  long(value: number): void {
    this.short(value & 0xffff)
    this.short(value >>> 16)
  }

  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.byte(rest)
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** Throws a RangeError past the end: the bytes are damaged. */
export class ByteReader {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  byte(): number {
    const value = this.#bytes[this.at++]
    if (value === undefined) throw new RangeError('the bytes end too early')
    return value
  }

  short(): number {
    return this.byte() | (this.byte() << 8)
  }

  long(): number {
    return this.short() + this.short() * 0x10000
  }

  varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const next = this.byte()
      value += (next & 0x7f) * factor
      if (next < 0x80) return value
    }
  }

  bytes(count: number): Uint8Array {
    if (this.at + count > this.#bytes.length) throw new RangeError('the bytes end too early')
    this.at += count
    return this.#bytes.subarray(this.at - count, this.at)
  }
}
