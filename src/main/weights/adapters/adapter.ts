import { plainCodec } from '../convert/codec'
import { corrupt } from '../gguf/errors/corrupt'
import type { GgmlType } from '../gguf/types/ggml-type'
import type { StatisticsTable, TableEntry } from '../statistics/table'

/** What an adapter adds to one matrix: b·a, any factor worked in. Names and order of rows are those of a GGUF. */
export interface AdaptedMatrix {
  readonly matrix: string
  readonly rank: number
  /** [rank × n_in] */
  readonly a: Float32Array
  /** [n_out × rank] */
  readonly b: Float32Array
}

/** A low-rank adapter. Hu et al. 2021, arXiv:2106.09685 */
export interface Adapter {
  readonly matrices: readonly AdaptedMatrix[]
  readonly architecture: string | undefined
}

/** As arrays of a table of statistics, in which form it travels. */
export const entriesOf = ({ matrices }: Pick<Adapter, 'matrices'>): TableEntry[] =>
  matrices.flatMap(({ matrix, rank, a, b }): TableEntry[] => [
    { matrix, quantity: 'loraA', shape: [rank, a.length / rank], data: a },
    { matrix, quantity: 'loraB', shape: [b.length / rank, rank], data: b },
  ])

/** The other way; `widthOf` gives n_in of a matrix. Matrices without a pair are passed over. */
export function matricesOf(table: StatisticsTable, widthOf: (matrix: string) => number | undefined): AdaptedMatrix[] {
  return table.matrices.flatMap((matrix) => {
    const [a, b, width] = [table.get(matrix, 'loraA'), table.get(matrix, 'loraB'), widthOf(matrix)]
    return a && b && width ? [{ matrix, rank: a.length / width, a, b }] : []
  })
}

/** Bytes of one array of an adapter file. Throws `model-corrupt`, naming file and tensor. */
export function floatsOf(
  bytes: Uint8Array,
  type: GgmlType | string,
  name: string,
  elements: number,
  file: string,
): Float32Array<ArrayBuffer> {
  const known = type as GgmlType
  if (!plainCodec.canDecode(known)) throw corrupt(file, `the tensor ${name}`, `is of the type ${type}; F32, F16 or BF16 is needed`)
  const values = new Float32Array(elements)
  plainCodec.decode(known, bytes.slice(), values)
  if (values.some((value) => !Number.isFinite(value))) throw corrupt(file, `the tensor ${name}`, 'has values that are not numbers')
  return values
}

/** [rows × columns] → [columns × rows] */
export function turned(values: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const rows = values.length / columns
  return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number)
}
