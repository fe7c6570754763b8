import { dot } from '../kernels/linear'

/** Products of models with each other, so that it is known how far they agree. */

export const pairsOf = (models: number): number => (models * (models + 1)) / 2

/** Where the pair i ≤ j stands in a table of `pairsOf(models)`. */
export const pairAt = (models: number, i: number, j: number): number => i * models - (i * (i - 1)) / 2 + (j - i)

/** Adds Σ a·b of each two models (each with itself too) to the table. [n] each. */
export function addProducts(values: readonly Float32Array[], table: Float64Array): void {
  let at = 0
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) table[at] = (table[at++] as number) + dot(values[i] as Float32Array, values[j] as Float32Array)
}

/** Every `step`-th block; then, while nothing was found, the others. */
export function* blocksToLookAt(from: number, to: number, step: number, found: () => boolean): Generator<number> {
  for (let block = from; block < to; block += step) yield block
  for (let block = from; block < to && !found(); block++) if ((block - from) % step !== 0) yield block
}
