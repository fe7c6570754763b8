import type { DerivedStore } from '../../../shared/derived-store'
import type { LongWork } from '../operator'
import { idsByPiece } from '../retokeniser'
import type { TokenEmbeddings, Vocabulary } from '../source'
import { mapInto } from '../union-vocabulary'
import { type Meanings, meaningsOf } from './meanings'

/** Where a token's probability goes in the other vocabulary: some tokens, and how alike each is. */
export interface Partners {
  readonly tokens: readonly number[]
  /** CSLS similarities, above `least`; a token with the same bytes alone has 1 */
  readonly likeness: readonly number[]
}

const nobody: Partners = { tokens: [], likeness: [] }

export interface SparseRule {
  /** so many of the most alike at most */
  readonly keep: number
  /** less alike than this is no partner */
  readonly least: number
}

/**
 * One row of EVA's projection: 2·cos − hubness (CSLS), the `keep` largest that reach `least`. More than five partners that are all alike
 * (standard deviation ≤ 0.01) mean a token without meaning: it has none. cosines, hubness [V]. Ties: the smaller token. Xu et al. 2024, arXiv:2404.09492.
 */
export function partnersOf(cosines: Float32Array, hubness: Float32Array, { keep, least }: SparseRule): Partners {
  const near: { token: number; likeness: number }[] = []
  for (let token = 0; token < cosines.length; token++) {
    const likeness = 2 * (cosines[token] as number) - (hubness[token] as number)
    if (likeness >= least - 1e-12) near.push({ token, likeness })
  }
  near.sort((a, b) => b.likeness - a.likeness || a.token - b.token)
  const best = near.slice(0, keep)
  const mean = best.reduce((sum, { likeness }) => sum + likeness, 0) / best.length
  const variance = best.reduce((sum, { likeness }) => sum + (likeness - mean) ** 2, 0) / best.length
  if (best.length > 5 && Math.sqrt(variance) <= 0.01) return nobody
  return { tokens: best.map(({ token }) => token), likeness: best.map(({ likeness }) => likeness) }
}

/**
 * What the tokens of one model mean in the tokens of another: both tables of embeddings, one turned onto the other so that shared tokens come to lie
 * together (Procrustes, without VecMap's whitening). A row is made when it is first asked for and kept.
 */
export class MeaningMap {
  readonly #rows = new Map<number, Partners>()
  readonly #own: (token: number) => number
  readonly #compare: (token: number) => Partners

  /** own: the token that alone stands for another, −1 where tokens have to be compared */
  constructor(own: (token: number) => number, compare: (token: number) => Partners) {
    this.#own = own
    this.#compare = compare
  }

  /** Nobody for a token that would have to be compared first, unless it `mayCompare`. */
  partners(token: number, mayCompare: boolean): Partners {
    const own = this.#own(token)
    if (own >= 0) return { tokens: [own], likeness: [1] }
    const known = this.#rows.get(token)
    if (known !== undefined || !mayCompare) return known ?? nobody
    const made = this.#compare(token)
    this.#rows.set(token, made)
    return made
  }
}

export interface MeaningRequest extends SparseRule {
  readonly from: Vocabulary
  readonly to: Vocabulary
  readonly tables: readonly [TokenEmbeddings, TokenEmbeddings]
  /** true: a token with a partner of the same bytes goes there alone, and only the others are compared */
  readonly ownFirst: boolean
  readonly work?: LongWork
  readonly derived?: DerivedStore | undefined
}

/** Throws `vocabulary-mismatch` below a hundred shared tokens. */
export async function makeMeaningMap({ from, to, tables, ownFirst, work, derived, ...rule }: MeaningRequest): Promise<MeaningMap> {
  const { all, hubness, read }: Meanings = await meaningsOf({ from, to, tables, work, derived })
  const own = mapInto(from, idsByPiece(to), to.endTokens[0])
  const ends = new Set(from.endTokens)
  return new MeaningMap(
    (token) => (ownFirst || ends.has(token) ? (own[token] ?? -1) : -1),
    (token) => {
      if (token >= tables[0].rows || from.pieceBytes(token).length === 0) return nobody
      return partnersOf(all.times(read(token)), hubness, rule)
    },
  )
}
