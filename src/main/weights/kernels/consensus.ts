import { mostModels } from './vector/arithmetic-source'
import { vectorLoops, wholeVectors } from './vector/loops'
import { isVector } from './vector/memory'

/** How several task vectors become one, position by position. All arrays [n]; `out` may not be an input. */

export interface Consensus {
  /** `sum`: the heavier side wins · `count`: the side with more models wins */
  readonly vote: 'sum' | 'count'
  /** divide by the weights that agree; false: just add */
  readonly normalize: boolean
  /** how agreeing entries join: their mean (or sum), or the one of largest magnitude */
  readonly join: 'mean' | 'max'
  /** the sign where the votes cancel; neutral: 1 */
  readonly tie?: 1 | -1
}

/**
 * Elects a sign at each position from the weighted entries (a tie is positive, unless `tie` says otherwise), then joins the entries that agree; a zero entry agrees with nobody.
 * Positions where nobody agrees become 0. Yadav et al. 2023, arXiv:2306.01708.
 */
export function electAndJoin(deltas: readonly Float32Array[], weights: readonly number[], consensus: Consensus, out: Float32Array): void {
  const done = electInVectors(deltas, weights, consensus, out)
  if (done === out.length) return
  electPlainly(
    deltas.map((delta) => delta.subarray(done)),
    weights,
    consensus,
    out.subarray(done),
  )
}

/** How many more positions elect plus than minus; those whose votes cancel elect neither. */
export function electedBalance(deltas: readonly Float32Array[], weights: readonly number[], vote: Consensus['vote']): number {
  const votes = scratch(0, deltas[0]?.length ?? 0)
  for (const [model, delta] of deltas.entries()) addVotes(delta, weights[model] as number, vote, votes)
  let balance = 0
  for (let i = 0; i < votes.length; i++) balance += Math.sign(votes[i] as number)
  return balance
}

/** Sets to zero, in place, every entry whose sign is not that of the sum at its position (a sum of zero is positive). */
export function keepElected(deltas: readonly Float32Array[]): void {
  const votes = scratch(0, deltas[0]?.length ?? 0)
  for (const delta of deltas) addVotes(delta, 1, 'sum', votes)
  for (const delta of deltas)
    for (let i = 0; i < delta.length; i++) if ((delta[i] as number) > 0 !== (votes[i] as number) >= 0) delta[i] = 0
}

/** The common kind, as far as whole vectors go; gives how far that was. The sums are those of the plain loops, bit for bit. */
function electInVectors(deltas: readonly Float32Array[], weights: readonly number[], consensus: Consensus, out: Float32Array): number {
  const count = wholeVectors(out.length)
  const [first] = deltas
  const loops = vectorLoops()
  if (loops === undefined || first === undefined || count === 0 || deltas.length > mostModels) return 0
  if (consensus.vote !== 'sum' || consensus.join !== 'mean' || consensus.tie === -1 || !deltas.every((delta) => isVector(delta, out)))
    return 0
  const divide = consensus.normalize ? -1 : 0
  const addresses = deltas.map((delta) => delta.byteOffset)
  const end = first.byteOffset + 4 * count
  if (weights.every((weight) => weight === 1)) loops[`electEqual${deltas.length}`]?.(end, out.byteOffset, divide, ...addresses)
  else loops[`elect${deltas.length}`]?.(end, out.byteOffset, divide, ...addresses, ...weights)
  return count
}

function electPlainly(deltas: readonly Float32Array[], weights: readonly number[], consensus: Consensus, out: Float32Array): void {
  const votes = scratch(0, out.length)
  const sums = sumsOf(deltas.length, weights, out.length)
  const shares = scratch(2, out.length)
  for (const [model, delta] of deltas.entries()) addVotes(delta, weights[model] as number, consensus.vote, votes)
  if (consensus.tie === -1) for (let i = 0; i < votes.length; i++) if (votes[i] === 0) votes[i] = -1
  for (const [model, delta] of deltas.entries()) {
    if (consensus.join === 'max') keepLargest(delta, weights[model] as number, votes, sums)
    else addAgreeing(delta, weights[model] as number, votes, sums, shares)
  }
  if (consensus.join === 'mean' && consensus.normalize) divide(sums, shares, out)
  else out.set(sums)
}

/** Two deltas of weight one are added in float32: as exact as in float64 rounded once, and what vectors do fastest. */
const sumsOf = (models: number, weights: readonly number[], length: number): Float64Array | Float32Array =>
  models <= 2 && weights.every((weight) => weight === 1) ? new Float32Array(length) : scratch(1, length)

/** Agreement is of the weighted entry: a negative weight turns a model's vote and its side round. One model at a time keeps the loops plain and fast. */
function addVotes(delta: Float32Array, weight: number, vote: Consensus['vote'], votes: Float64Array): void {
  if (vote === 'sum') for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + weight * (delta[i] as number)
  else for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + Math.sign(weight * (delta[i] as number))
}

function addAgreeing(
  delta: Float32Array,
  weight: number,
  votes: Float64Array,
  sums: Float64Array | Float32Array,
  shares: Float64Array,
): void {
  for (let i = 0; i < votes.length; i++) {
    const entry = weight * (delta[i] as number)
    if (entry !== 0 && entry > 0 === (votes[i] as number) >= 0) {
      sums[i] = (sums[i] as number) + entry
      shares[i] = (shares[i] as number) + weight
    }
  }
}

function keepLargest(delta: Float32Array, weight: number, votes: Float64Array, largest: Float64Array | Float32Array): void {
  for (let i = 0; i < votes.length; i++) {
    const entry = weight * (delta[i] as number)
    if (entry > 0 === (votes[i] as number) >= 0 && Math.abs(entry) > Math.abs(largest[i] as number)) largest[i] = entry
  }
}

/** Weights that cancel leave the plain sum. */
function divide(sums: Float64Array | Float32Array, shares: Float64Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const share = shares[i] as number
    out[i] = Math.abs(share) >= 1e-8 ? (sums[i] as number) / share : (sums[i] as number)
  }
}

const held: Float64Array[] = []

/** A zeroed work array of this length. */
function scratch(index: number, length: number): Float64Array {
  const standing = held[index]
  if (standing !== undefined && standing.length >= length) return standing.subarray(0, length).fill(0)
  const fresh = new Float64Array(Math.max(65_536, length))
  held[index] = fresh
  return fresh.subarray(0, length)
}
