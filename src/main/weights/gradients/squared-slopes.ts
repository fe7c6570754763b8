import type { Slopes } from './llama'
import { slopesOf } from './matrix'

/** Where squares of slopes are added up, tensor by tensor. */
export interface SquareSums {
  /** `slopes`: those of the entries from `start` on; each entry at most once a text */
  add(name: string, start: number, slopes: Float32Array): void
}

/** Slopes of a few rows of a matrix at a time: the largest matrices have gigabytes of them. */
const mostEntries = 2 ** 22

/** Squares the slopes of each text as they come. */
export class SquaredSlopes implements Slopes {
  constructor(private readonly sums: SquareSums) {}

  product(name: string, x: Float32Array, n: number, dy: Float32Array, more: ReadonlyMap<number, Float32Array> = new Map()): void {
    const rows = dy.length / (x.length / n)
    const step = Math.max(1, Math.floor(mostEntries / n))
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step)
      const slopes = slopesOf(x, n, dy, from, to)
      for (const [row, values] of more)
        if (row >= from && row < to)
          for (let i = 0, at = (row - from) * n; i < n; i++, at++) slopes[at] = (slopes[at] as number) + (values[i] as number)
      this.sums.add(name, from * n, slopes)
    }
  }

  rows(name: string, rows: ReadonlyMap<number, Float32Array>): void {
    for (const [row, values] of rows) this.sums.add(name, row * values.length, values)
  }
}

/** Adds squares where sums are held in memory. */
export function addSquares(into: Float32Array, slopes: Float32Array): void {
  for (let i = 0; i < slopes.length; i++) into[i] = (into[i] as number) + (slopes[i] as number) ** 2
}
