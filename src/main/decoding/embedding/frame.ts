import type { TokenEmbeddings } from '../source'
import { meanRow, principalDirections, subtractRow, toUnitRows, transpose } from './matrix'
import { crossProduct, VectorTable } from './vector-table'

/** so many of the chosen rows tell the directions of greatest spread */
const spreadRows = 2048

/** Rows of some tokens of a table, one after another. → [tokens × width] */
export async function readRows(table: TokenEmbeddings, tokens: readonly number[]): Promise<Float32Array> {
  const rows = new Float32Array(tokens.length * table.width)
  for (const [i, token] of tokens.entries()) await table.readSoon(token, rows.subarray(i * table.width, (i + 1) * table.width))
  return rows
}

/**
 * How a table's rows are made comparable: unit length, the mean of some chosen rows taken away, unit length again, and turned into the
 * directions in which those rows spread most, where fewer are wanted than there are.
 */
export class Frame {
  readonly #table: TokenEmbeddings
  readonly #turns: VectorTable | undefined
  readonly #raw: Float32Array

  /** mean [table.width]; directions [width × table.width], empty where all directions stay */
  constructor(
    table: TokenEmbeddings,
    readonly mean: Float32Array,
    readonly directions: Float32Array,
  ) {
    this.#table = table
    this.#turns = directions.length > 0 ? VectorTable.from(directions, table.width) : undefined
    this.#raw = new Float32Array(table.width)
  }

  /** chosen [n × table.width] is changed; → the frame, and the chosen rows in it [n × width] */
  static of(table: TokenEmbeddings, chosen: Float32Array, width: number): { readonly frame: Frame; readonly rows: Float32Array } {
    toUnitRows(chosen, table.width)
    const mean = meanRow(chosen, table.width)
    subtractRow(chosen, mean)
    toUnitRows(chosen, table.width)
    if (width >= table.width) return { frame: new Frame(table, mean, new Float32Array(0)), rows: chosen }
    const some = chosen.subarray(0, spreadRows * table.width)
    const columns = principalDirections(crossProduct(some, table.width, some, table.width), table.width, width)
    const frame = new Frame(table, mean, Float32Array.from(transpose(columns, table.width, width)))
    const rows = new Float32Array((chosen.length / table.width) * width)
    for (let i = 0; i < rows.length / width; i++)
      frame.#turn(chosen.subarray(i * table.width, (i + 1) * table.width), rows.subarray(i * width, (i + 1) * width))
    return { frame, rows }
  }

  /** One token's row in this frame, into `out` [width]. */
  read(token: number, out: Float32Array): void {
    this.#table.read(token, this.#raw)
    this.#place(this.#raw, out)
  }

  /** All rows, `width` numbers each. `onRows` is told how many are read; what it throws ends the reading. */
  async readAll(width: number, onRows: (rows: number) => void = () => undefined): Promise<VectorTable> {
    const { rows, width: wide } = this.#table
    const all = new VectorTable(rows, width)
    const block = new Float32Array(Math.min(256, rows) * wide)
    for (let from = 0; from < rows; from += block.length / wide) {
      const part = block.subarray(0, Math.min(block.length / wide, rows - from) * wide)
      await this.#table.readSoon(from, part)
      for (let i = 0; i < part.length / wide; i++) this.#place(part.subarray(i * wide, (i + 1) * wide), all.row(from + i))
      onRows(from + part.length / wide)
    }
    return all
  }

  #place(raw: Float32Array, out: Float32Array): void {
    toUnitRows(raw, raw.length)
    subtractRow(raw, this.mean)
    toUnitRows(raw, raw.length)
    this.#turn(raw, out)
  }

  #turn(unit: Float32Array, out: Float32Array): void {
    if (this.#turns === undefined) out.set(unit)
    else out.set(this.#turns.times(unit))
    toUnitRows(out, out.length)
  }
}
