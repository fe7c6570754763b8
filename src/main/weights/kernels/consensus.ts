/** How several task vectors become one, position by position. All arrays [n]; `out` may not be an input. */

export interface Consensus {
  /** `sum`: the heavier side wins · `count`: the side with more models wins */
  readonly vote: 'sum' | 'count'
  /** divide by the weights that agree; false: just add */
  readonly normalize: boolean
  /** how agreeing entries join: their mean (or sum), or the one of largest magnitude */
  readonly join: 'mean' | 'max'
}

/**
 * Elects a sign at each position from the weighted entries (a tie is positive), then joins the entries that agree; a zero entry agrees with nobody.
 * Positions where nobody agrees become 0. Yadav et al. 2023, arXiv:2306.01708.
 */
export function electAndJoin(deltas: readonly Float32Array[], weights: readonly number[], consensus: Consensus, out: Float32Array): void {
  const count = deltas.length
  const byCount = consensus.vote === 'count'
  for (let i = 0; i < out.length; i++) {
    let vote = 0
    for (let m = 0; m < count; m++) {
      const entry = (weights[m] as number) * ((deltas[m] as Float32Array)[i] as number)
      vote += byCount ? Math.sign(entry) : entry
    }
    out[i] = vote >= 0 ? join(deltas, weights, consensus, i, 1) : join(deltas, weights, consensus, i, -1)
  }
}

/** Agreement is of the weighted entry: a negative weight turns a model's vote and its side round. */
function join(
  deltas: readonly Float32Array[],
  weights: readonly number[],
  { normalize, join: by }: Consensus,
  i: number,
  sign: number,
): number {
  let sum = 0
  let share = 0
  let largest = 0
  for (let m = 0; m < deltas.length; m++) {
    const weight = weights[m] as number
    const entry = weight * ((deltas[m] as Float32Array)[i] as number)
    if (entry * sign <= 0) continue
    sum += entry
    share += weight
    if (Math.abs(entry) > Math.abs(largest)) largest = entry
  }
  if (by === 'max') return largest
  // weights that cancel leave the plain sum
  return normalize && Math.abs(share) >= 1e-8 ? sum / share : sum
}
