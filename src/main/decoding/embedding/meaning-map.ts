import { idsByPiece } from '../retokeniser'
import type { TokenEmbeddings, Vocabulary } from '../source'
import { mapInto } from '../union-vocabulary'
import { type Anchor, commonTokens, requireAnchors } from './anchors'
import { Frame, readRows } from './frame'
import { crossProduct, orthogonalFactor, transpose } from './matrix'
import { VectorTable } from './vector-table'

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

/** Directions kept of wide tables: cosines of tokens change little below, and every row is as much cheaper. */
const mostDirections = 128
const mostAnchors = 4096
const fewestAnchors = 100
const someAnchors = 512
/** with fewer products than this, every pair of tokens is compared */
const fewProducts = 5e8

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
}

/** Throws `vocabulary-mismatch` below a hundred shared tokens. */
export async function makeMeaningMap({ from, to, tables, ownFirst, ...rule }: MeaningRequest): Promise<MeaningMap> {
  const anchors = commonTokens([from, to], mostAnchors)
  requireAnchors(anchors, fewestAnchors, 'Align vocabulary by meaning')
  const width = Math.min(tables[0].width, tables[1].width, mostDirections, Math.floor(anchors.length / 2))
  const source = Frame.of(tables[0], await readRows(tables[0], anchors.map(firstOf)), width)
  const target = Frame.of(tables[1], await readRows(tables[1], anchors.map(secondOf)), width)
  const turn = orthogonalFactor(crossProduct(source.rows, width, target.rows, width), width)
  const onto = VectorTable.from(Float32Array.from(transpose(turn, width, width)), width)
  const raw = new Float32Array(width)
  const read = (token: number): Float32Array => {
    source.frame.read(token, raw)
    return onto.times(raw)
  }
  const all = await target.frame.readAll(width)
  const hubness = hubnessOf(all, { read, count: tables[0].rows, anchors })
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

const firstOf = (anchor: Anchor): number => anchor[0] as number
const secondOf = (anchor: Anchor): number => anchor[1] as number

/**
 * How near each row of `all` has its nearest neighbour in the other table (CSLS with one neighbour), so that tokens near to everything win less. In large
 * vocabularies, where comparing all would take hours, the neighbour is looked for among some shared tokens and the token of the same bytes.
 */
function hubnessOf(
  all: VectorTable,
  other: { read(token: number): Float32Array; readonly count: number; readonly anchors: readonly Anchor[] },
): Float32Array {
  const hubness = new Float32Array(all.rows).fill(-1)
  const isSmall = all.rows * other.count * all.width <= fewProducts
  const step = Math.ceil(other.anchors.length / someAnchors)
  const neighbours = isSmall
    ? Array.from({ length: other.count }, (_, token) => token)
    : other.anchors.filter((_, i) => i % step === 0).map(firstOf)
  for (const token of neighbours) {
    const cosines = all.times(other.read(token))
    for (let i = 0; i < all.rows; i++) hubness[i] = Math.max(hubness[i] as number, cosines[i] as number)
  }
  for (const anchor of isSmall ? [] : other.anchors) {
    const row = secondOf(anchor)
    const cosine = inner(all.row(row), other.read(firstOf(anchor)))
    hubness[row] = Math.max(hubness[row] as number, cosine)
  }
  return hubness
}

const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0)
