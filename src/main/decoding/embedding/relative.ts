import type { TokenEmbeddings } from '../source'
import { toUnitRows } from './matrix'
import { VectorTable } from './vector-table'

/** A token seen by the anchors it is like: places in the list of anchors, and shares that sum to one. */
export interface Relation {
  readonly anchors: Int32Array
  readonly shares: Float32Array
}

/**
 * One row of DeePEn's relative matrix: softmax(scale·ĉ) over the anchors, ĉ = c / ‖c‖ the cosines to them made a vector of length one; the `keep`
 * largest, scaled to sum one. cosines [A]. All zero: all anchors alike. Huang et al. 2024, arXiv:2404.12715.
 */
export function relationOf(cosines: Float32Array, scale: number, keep: number): Relation {
  const length = Math.hypot(...cosines) || 1
  const order = Int32Array.from(cosines.keys()).sort((a, b) => (cosines[b] as number) - (cosines[a] as number) || a - b)
  const anchors = order.subarray(0, Math.min(keep, order.length))
  const most = cosines[anchors[0] as number] as number
  const weights = Array.from(anchors, (anchor) => Math.exp((scale * ((cosines[anchor] as number) - most)) / length))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return { anchors, shares: Float32Array.from(weights, (weight) => weight / sum) }
}

/** The tokens of one model as the shared anchors see them. A token's row is made when it is first asked for and kept. */
export class RelativeSpace {
  readonly #table: TokenEmbeddings
  /** unit rows of the anchors */
  readonly #anchors: VectorTable
  readonly #known = new Map<number, Relation>()
  readonly #row: Float32Array

  /** anchors [A × table.width]; their lengths do not matter, and are changed to one */
  constructor(table: TokenEmbeddings, anchors: Float32Array) {
    toUnitRows(anchors, table.width)
    this.#table = table
    this.#anchors = VectorTable.from(anchors, table.width)
    this.#row = new Float32Array(table.width)
  }

  relation(token: number): Relation {
    const known = this.#known.get(token)
    if (known !== undefined) return known
    if (token < this.#table.rows) this.#table.read(token, this.#row)
    else this.#row.fill(0)
    toUnitRows(this.#row, this.#row.length)
    const made = relationOf(this.#anchors.times(this.#row), 100, 32)
    this.#known.set(token, made)
    return made
  }
}
