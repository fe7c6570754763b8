import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** JSON as a column keeps it: short ones as text, long ones as bytes (Zstandard, RFC 8878). */
export type Packed = string | Uint8Array

/** Below this a page of the database is not filled, and nothing is won. */
const longestTextChars = 4096
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A log says the same names again and again: a tenth of its text is left, and that is written to the disk in less time than the whole. */
export function pack(value: unknown): Packed {
  const text = JSON.stringify(value)
  return text.length <= longestTextChars ? text : zstdCompressSync(text, fastest)
}

export function unpack(packed: Packed): unknown {
  return JSON.parse(typeof packed === 'string' ? packed : zstdDecompressSync(packed).toString('utf8'))
}
