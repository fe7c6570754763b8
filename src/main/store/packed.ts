import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Columns, fromColumns, toColumns } from './columns'

/** A list of records as a column of a row keeps it: a few as JSON, many by column; what is long as bytes (Zstandard, RFC 8878). */
export type Packed = string | Uint8Array

/** Fewer are readable as they are. */
const fewestInColumns = 16
/** Below this a page of the database is not filled, and nothing is won. */
const longestTextChars = 4096
const fastest = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A log says the same names again and again: a tenth of its text is left, and that is written to the disk in less time than the whole. */
export function pack(records: readonly object[]): Packed {
  const text = JSON.stringify(records.length < fewestInColumns ? records : toColumns(records))
  return text.length <= longestTextChars ? text : zstdCompressSync(text, fastest)
}

export function unpack(packed: Packed): unknown[] {
  const value = JSON.parse(typeof packed === 'string' ? packed : zstdDecompressSync(packed).toString('utf8')) as unknown[] | Columns
  return Array.isArray(value) ? value : fromColumns(value)
}
