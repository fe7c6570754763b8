import type { Ingredients } from '../method'
import { refuse } from '../settings'
import { type Consensus, electAndJoin, keepElected } from './consensus'
import { combineLinear, normalised } from './linear'
import type { Sparsifier } from './sparsify'
import { give, takeFloats } from './vector/memory'

export interface SparseMerge {
  readonly weights: readonly number[]
  readonly scale: number
  /** undefined: a plain weighted sum */
  readonly consensus?: Omit<Consensus, 'normalize'>
  /** before a plain sum: what goes against the sign that the changes elect with equal votes becomes 0 */
  readonly elect?: true
  readonly normalize: boolean
  readonly owner: string
}

const buffers: Float32Array[] = []

/** Prunes every model's delta, joins them, scales: what TIES, DARE, DELLA and breadcrumbs have in common. */
export function mergeSparse<P, M>(input: Ingredients<P, M>, sparsifier: Sparsifier<P, M>, merge: SparseMerge, out: Float32Array): void {
  const pruned = prunedOf(input, sparsifier)
  const { weights, scale, consensus, elect = false, normalize, owner } = merge
  if (consensus) {
    electAndJoin(pruned, weights, { ...consensus, normalize }, out)
    // each entry is read before it is written
    if (scale !== 1) combineLinear([out], [scale], out)
  } else {
    if (elect) keepElected(pruned)
    const shares = normalize
      ? normalised(weights, () => refuse(owner, 'has weights that sum to zero', 'Turn Normalize off, or change a weight.'))
      : weights
    combineLinear(
      pruned,
      shares.map((share) => share * scale),
      out,
    )
  }
}

/** Every model's pruned block, in buffers that the next call uses again. */
export function prunedOf<P, M>(input: Ingredients<P, M>, sparsifier: Sparsifier<P, M>): Float32Array[] {
  return input.values.map((values, model) => {
    const buffer = bufferOf(model, values.length)
    sparsifier.sparse(input, model, buffer)
    return buffer
  })
}

function bufferOf(index: number, length: number): Float32Array {
  const held = buffers[index]
  if (held !== undefined && held.length >= length) return held.subarray(0, length)
  if (held !== undefined) give(held)
  const buffer = takeFloats(Math.max(65_536, length))
  buffers[index] = buffer
  return buffer.subarray(0, length)
}
