import type { ByteSource } from '../bytes/byte-source'
import { corrupt } from '../errors/corrupt'
import { limits } from './limits'

const firstBytes = 64 * 2 ** 10

/** Reads a header from front to back. Bytes are fetched as they are needed, doubling, never beyond the file or the header limit. */
export class Cursor {
  position = 0
  private bytes: Buffer
  private readonly end: number
  private readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
    this.end = Math.min(source.size, limits.headerBytes)
    this.bytes = Buffer.from(source.read(0, Math.min(firstBytes, this.end)))
  }

  get left(): number {
    return this.end - this.position
  }

  fail(field: string, what: string): never {
    throw corrupt(this.source.name, field, what)
  }

  /** Refuses, before anything is allocated, a count of things that the file is too short to hold. */
  expect(count: number, bytesEach: number, field: string): void {
    if (count * bytesEach > this.left)
      this.fail(field, this.source.size > this.end ? 'reaches beyond the largest header allowed' : 'reaches beyond the end of the file')
  }

  uint32(field: string): number {
    return this.bytes.readUInt32LE(this.advance(4, field))
  }

  /** A length or count: at most `limit`, which is far below 2^53. */
  count(field: string, limit: number): number {
    const at = this.advance(8, field)
    const value = this.bytes.readUInt32LE(at) + this.bytes.readUInt32LE(at + 4) * 2 ** 32
    if (value > limit) this.fail(field, `is ${value}, above the limit of ${limit}`)
    return value
  }

  text(field: string, limit: number): string {
    const length = this.count(`the length of ${field}`, limit)
    const at = this.advance(length, field)
    const text = this.bytes.toString('utf8', at, at + length)
    if (text.includes('\ufffd') && !isWhole(text, this.bytes.subarray(at, at + length))) this.fail(field, 'is not UTF-8 text')
    return text
  }

  /** Moves past `count` texts without looking at their characters. */
  passTexts(count: number, field: string, limit: number): void {
    const lengthField = `the length of ${field}`
    for (let index = 0; index < count; index++) this.advance(this.count(lengthField, limit), field)
  }

  /** Moves past `length` bytes and gives the view and offset where they start. */
  take(length: number, field: string): { readonly bytes: Buffer; readonly at: number } {
    const at = this.advance(length, field)
    return { bytes: this.bytes, at }
  }

  private advance(length: number, field: string): number {
    this.expect(length, 1, field)
    const at = this.position
    this.position += length
    if (this.position > this.bytes.length) this.grow()
    return at
  }

  private grow(): void {
    const size = Math.min(this.end, Math.max(this.position, this.bytes.length * 2))
    const larger = Buffer.alloc(size)
    this.bytes.copy(larger)
    larger.set(this.source.read(this.bytes.length, size - this.bytes.length), this.bytes.length)
    this.bytes = larger
  }
}

/** U+FFFD may stand in the text itself; only a replacement of broken bytes changes them. */
const isWhole = (text: string, bytes: Buffer): boolean => bytes.equals(Buffer.from(text, 'utf8'))
