import type { DerivedStore } from '../../../shared/derived-store'
import type { LongWork } from '../operator'
import type { TokenEmbeddings, Vocabulary } from '../source'
import { type Anchor, commonTokens, requireAnchors } from './anchors'
import { packTables, unpackTables } from './float-tables'
import { Frame, readRows } from './frame'
import { orthogonalFactor, transpose } from './matrix'
import { crossProduct, VectorTable } from './vector-table'

/** Directions kept of wide tables: cosines of tokens change little below, and every row is as much cheaper. */
const mostDirections = 128
const mostAnchors = 4096
const fewestAnchors = 100
const someAnchors = 512
/** with fewer products than this, every pair of tokens is compared */
const fewProducts = 5e8

/** The tokens of two models in one space. */
export interface Meanings {
  /** the second model's tokens, unit rows */
  readonly all: VectorTable
  /** how near each of these has its nearest neighbour among the first model's */
  readonly hubness: Float32Array
  /** A token of the first model there; overwritten by the next call. */
  read(token: number): Float32Array
}

export interface MeaningsRequest {
  readonly from: Vocabulary
  readonly to: Vocabulary
  readonly tables: readonly [TokenEmbeddings, TokenEmbeddings]
  readonly work?: LongWork | undefined
  readonly derived?: DerivedStore | undefined
}

/**
 * Both tables of embeddings, one turned onto the other so that shared tokens come to lie together (Procrustes). Making them takes seconds for real
 * models, so they are kept, by the keys of both tables. Throws `vocabulary-mismatch` below a hundred shared tokens.
 */
export async function meaningsOf({ from, to, tables, work, derived }: MeaningsRequest): Promise<Meanings> {
  const [source, target] = tables
  const anchors = commonTokens([from, to], mostAnchors)
  requireAnchors(anchors, fewestAnchors, 'Align vocabulary by meaning')
  const width = Math.min(source.width, target.width, mostDirections, Math.floor(anchors.length / 2))
  const key = JSON.stringify(['meanings', 1, source.key, target.key, from.fingerprint, to.fingerprint])
  const packed = await derived?.read(key)
  const lengths = {
    mean: source.width,
    directions: width < source.width ? width * source.width : 0,
    turn: width * width,
    all: target.rows * width,
    hubness: target.rows,
  }
  const known = packed && unpackTables(packed, lengths)
  if (known !== undefined) {
    const place = placeOf(new Frame(source, known.mean, known.directions), known.turn, width)
    return { all: VectorTable.from(known.all, width), hubness: known.hubness, read: place }
  }
  const made = await make({ tables, anchors, width, work })
  await derived?.write(key, packTables({ ...made, all: made.all.toTable() }))
  return { all: made.all, hubness: made.hubness, read: placeOf(new Frame(source, made.mean, made.directions), made.turn, width) }
}

interface Making {
  readonly tables: MeaningsRequest['tables']
  readonly anchors: readonly Anchor[]
  readonly width: number
  readonly work?: LongWork | undefined
}

async function make({ tables: [source, target], anchors, width, work }: Making) {
  const neighbours = neighboursOf(anchors, target.rows * source.rows * width <= fewProducts ? source.rows : undefined)
  const total = 2 * anchors.length + target.rows + neighbours.length
  let done = 0
  const rest = (more: number): void => {
    work?.signal.throwIfAborted()
    done += more
    work?.progress(done, total)
  }
  rest(0)
  const one = Frame.of(source, await readRows(source, anchors.map(firstOf)), width)
  rest(anchors.length)
  const two = Frame.of(target, await readRows(target, anchors.map(secondOf)), width)
  rest(anchors.length)
  const turn = Float32Array.from(transpose(orthogonalFactor(crossProduct(one.rows, width, two.rows, width), width), width, width))
  let rows = 0
  const all = await two.frame.readAll(width, (read) => {
    rest(read - rows)
    rows = read
  })
  const hubness = await hubnessOf(all, placeOf(one.frame, turn, width), { anchors, neighbours, rest })
  return { mean: one.frame.mean, directions: one.frame.directions, turn, all, hubness }
}

/** Where a token of the first model comes to lie among the second's. */
function placeOf(frame: Frame, turn: Float32Array, width: number): (token: number) => Float32Array {
  const onto = VectorTable.from(turn, width)
  const raw = new Float32Array(width)
  return (token) => {
    frame.read(token, raw)
    return onto.times(raw)
  }
}

/** The tokens among which the nearest neighbours are looked for: all, or where comparing all would take hours some of those that are shared. */
function neighboursOf(anchors: readonly Anchor[], all: number | undefined): number[] {
  if (all !== undefined) return Array.from({ length: all }, (_, token) => token)
  const step = Math.ceil(anchors.length / someAnchors)
  return anchors.filter((_, i) => i % step === 0).map(firstOf)
}

/**
 * How near each row of `all` has its nearest neighbour in the other table (CSLS with one neighbour), so that tokens near to everything win less. The token
 * of the same bytes counts as one too.
 */
async function hubnessOf(
  all: VectorTable,
  read: (token: number) => Float32Array,
  { anchors, neighbours, rest }: { readonly anchors: readonly Anchor[]; readonly neighbours: readonly number[]; rest(more: number): void },
): Promise<Float32Array> {
  const hubness = new Float32Array(all.rows).fill(-1)
  for (const token of neighbours) {
    const cosines = all.times(read(token))
    for (let i = 0; i < all.rows; i++) if ((cosines[i] as number) > (hubness[i] as number)) hubness[i] = cosines[i] as number
    rest(1)
  }
  for (const anchor of anchors) {
    const row = secondOf(anchor)
    hubness[row] = Math.max(hubness[row] as number, inner(all.row(row), read(firstOf(anchor))))
  }
  return hubness
}

const firstOf = (anchor: Anchor): number => anchor[0] as number
const secondOf = (anchor: Anchor): number => anchor[1] as number
const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0)
