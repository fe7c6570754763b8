import type { Codec } from '../convert/codec'
import { byteLengthOf, type GgmlType } from '../gguf/types/ggml-type'
import type { Place } from '../place'

interface Rows {
  readonly values: Float32Array
  readonly place: Place
  /** energy of each column [rowLength], or of each expert's columns [experts × rowLength]; undefined: every column counts alike */
  readonly importance: Float32Array | undefined
}

/** Converts a block into `bytes`, by the importance of its columns where that fits; rows of different experts each by their own. */
export function encodeRows(codec: Codec, type: GgmlType, { values, place, importance }: Rows, bytes: Uint8Array): void {
  const { rowLength, rows, start, elements } = place
  const experts = importance === undefined ? 0 : importance.length / rowLength
  const rowsEach = elements / rowLength / experts
  if (!importance || !Number.isInteger(experts) || !Number.isInteger(rowsEach)) {
    codec.encode(type, values, rowLength, bytes)
    return
  }
  const first = start / rowLength
  for (let row = 0; row < rows; ) {
    const expert = Math.floor((first + row) / rowsEach)
    const end = Math.min(rows, (expert + 1) * rowsEach - first)
    const own = importance.subarray(expert * rowLength, (expert + 1) * rowLength)
    const [from, to] = [row * rowLength, end * rowLength]
    codec.encode(
      type,
      values.subarray(from, to),
      rowLength,
      bytes.subarray(byteLengthOf(type, from), byteLengthOf(type, to)),
      // an expert that nothing was routed to has no column that matters more
      own.some((value) => value > 0) ? own : undefined,
    )
    row = end
  }
}
