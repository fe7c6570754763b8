import type { Place } from '../place'
import type { MixNode } from './plan'

/**
 * A block of a tensor whose rows, or columns, are made of several of another tensor: rows are their mean by share, columns their sum by share, so that what a
 * unit gives counts once. `rowAt` gives a row of the source.
 */
export function mixBlock(
  node: MixNode,
  tensor: number,
  { start, rowLength, rows }: Place,
  out: Float32Array,
  rowAt: (row: number) => Float32Array,
): void {
  const mixed = node.mixtures[tensor]
  for (let row = 0; row < rows; row++) {
    const into = out.subarray(row * rowLength, (row + 1) * rowLength)
    const at = start / rowLength + row
    if (!mixed) into.set(rowAt(at))
    else if (mixed.axis === 'rows') addRows(mixed.of[at] as (typeof mixed.of)[number], into, rowAt)
    else {
      const values = rowAt(at)
      for (let i = 0; i < rowLength; i++) {
        const { sources, shares } = mixed.of[i] as (typeof mixed.of)[number]
        const mass = mixed.axis === 'means' ? shares.reduce((sum, share) => sum + share, 0) : 1
        into[i] = sources.reduce((sum, source, index) => sum + (shares[index] as number) * (values[source] as number), 0) / mass
      }
    }
  }
}

function addRows(
  { sources, shares }: { sources: readonly number[]; shares: readonly number[] },
  into: Float32Array,
  rowAt: (row: number) => Float32Array,
): void {
  const mass = shares.reduce((sum, share) => sum + share, 0)
  const sums = new Float64Array(into.length)
  for (const [index, source] of sources.entries()) {
    const [values, share] = [rowAt(source), (shares[index] as number) / mass]
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + share * (values[i] as number)
  }
  into.set(sums)
}
