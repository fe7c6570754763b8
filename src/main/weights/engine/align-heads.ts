import { type Match, sumOver } from '../kernels/matching'
import type { PermuteNode, PlanTensor } from './plan'

/**
 * Attention heads have symmetries as hidden units do: groups of query heads with their key and value head may stand in any order, so may the query heads of a
 * group, and so may the channels of a value head, where rows of V and columns of the output move together (the same way for all query heads of the group).
 * Channels of queries and keys may not: rotary embedding tells them apart.
 */

export interface Heads {
  readonly groups: number
  /** query heads of each group */
  readonly perGroup: number
}

/** The tensors of a block that its heads run through, by their places in the model; each a weight and perhaps a bias. */
export interface HeadTensors {
  readonly q: readonly number[]
  readonly k: readonly number[]
  readonly v: readonly number[]
  readonly output: number
  /** channels of a query or key head, and of a value head */
  readonly size: number
  readonly valueSize: number
}

/** For each place: which group stands there, and of it which query heads and value channels, in order. */
export interface HeadOrder {
  readonly groups: readonly number[]
  readonly queries: readonly (readonly number[])[]
  readonly channels: readonly (readonly number[])[]
}

/** Blocks whose attention has separate tensors that divide into these heads. */
export function headsByBlock(tensors: readonly PlanTensor[], { groups, perGroup }: Heads): Map<number, HeadTensors> {
  const found = new Map<number, { q: number[]; k: number[]; v: number[]; output: number }>()
  for (const [index, { name }] of tensors.entries()) {
    const [, number, role, kind] = /^blk\.(\d+)\.attn_(q|k|v|output)\.(weight|bias)$/.exec(name) ?? []
    if (number === undefined || (role === 'output' && kind === 'bias')) continue
    const block = found.get(Number(number)) ?? { q: [], k: [], v: [], output: -1 }
    found.set(Number(number), block)
    if (role === 'output') block.output = index
    else if (kind === 'weight') block[role as 'q' | 'k' | 'v'].unshift(index)
    else block[role as 'q' | 'k' | 'v'].push(index)
  }
  const rowsOf = (index: number | undefined): number => (index === undefined ? 0 : (tensors[index]?.shape[1] ?? 0))
  return new Map(
    [...found].flatMap(([number, block]): [number, HeadTensors][] => {
      const [size, valueSize] = [rowsOf(block.k[0]) / groups, rowsOf(block.v[0]) / groups]
      const isWhole =
        size >= 1 &&
        valueSize >= 1 &&
        Number.isInteger(size) &&
        Number.isInteger(valueSize) &&
        rowsOf(block.q[0]) === groups * perGroup * size &&
        tensors[block.output]?.shape[0] === groups * perGroup * valueSize
      return isWhole ? [[number, { ...block, size, valueSize }]] : []
    }),
  )
}

/** The order of rows (columns, for the output and for biases) of each tensor of a block. */
export function ordersOfHeads(order: HeadOrder, { perGroup }: Heads, block: HeadTensors, tensors: readonly PlanTensor[]) {
  const { size, valueSize } = block
  const all = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
  const rows = {
    q: order.groups.flatMap((from, place) =>
      (order.queries[place] ?? []).flatMap((head) => all(size).map((channel) => (from * perGroup + head) * size + channel)),
    ),
    k: order.groups.flatMap((from) => all(size).map((channel) => from * size + channel)),
    v: order.groups.flatMap((from, place) => (order.channels[place] ?? []).map((channel) => from * valueSize + channel)),
  }
  const output = order.groups.flatMap((from, place) =>
    (order.queries[place] ?? []).flatMap((head) =>
      (order.channels[place] ?? []).map((channel) => (from * perGroup + head) * valueSize + channel),
    ),
  )
  const placed = (['q', 'k', 'v'] as const).flatMap((role) =>
    block[role].map((tensor): [number, PermuteNode['orders'][number]] => [
      tensor,
      { axis: (tensors[tensor]?.shape.length ?? 1) > 1 ? 'rows' : 'columns', order: rows[role] },
    ]),
  )
  return [...placed, [block.output, { axis: 'columns', order: output }] as [number, PermuteNode['orders'][number]]]
}

/** Weights of one model's attention: rows of length `width`; `output` turned, so that its columns are rows here. */
export interface HeadWeights {
  readonly q: Float32Array
  readonly k: Float32Array
  readonly v: Float32Array
  /** undefined: what leaves the heads does not count */
  readonly output?: Float32Array
}

/**
 * The order of `of` that fits `to` best. Groups are matched by what they gain when their query heads and value channels are matched as well as may be, which is
 * found by turns: channels for the query heads as they are matched, query heads for the channels, until nothing changes.
 */
export function matchHeads(
  to: HeadWeights,
  of: HeadWeights,
  { groups, perGroup }: Heads,
  { size, valueSize }: Pick<HeadTensors, 'size' | 'valueSize'>,
  match: Match,
): HeadOrder {
  const pair = (i: number, j: number) => matchGroup(pieceOf(to, i), pieceOf(of, j), perGroup, valueSize, match)
  const pieceOf = (from: HeadWeights, group: number): HeadWeights => {
    const cut = (all: Float32Array, count: number): Float32Array =>
      all.subarray((group * all.length) / count, ((group + 1) * all.length) / count)
    return {
      q: cut(from.q, groups),
      k: cut(from.k, groups),
      v: cut(from.v, groups),
      ...(from.output ? { output: cut(from.output, groups) } : {}),
    }
  }
  if (size < 1) throw new RangeError('heads have at least one channel')
  const pairs = Array.from({ length: groups }, (_, i) => Array.from({ length: groups }, (_, j) => pair(i, j)))
  const order = match(
    Float64Array.from(pairs.flat(), ({ gain }) => gain),
    groups,
  )
  return {
    groups: order,
    queries: order.map((from, place) => pairs[place]?.[from]?.queries ?? []),
    channels: order.map((from, place) => pairs[place]?.[from]?.channels ?? []),
  }
}

const mostTurns = 20

function matchGroup(to: HeadWeights, of: HeadWeights, heads: number, channels: number, match: Match) {
  const byHead = products(to.q, of.q, heads)
  const byChannel = products(to.v, of.v, channels)
  // [heads × channels]²: rows of the turned output
  const both = to.output && of.output ? products(to.output, of.output, heads * channels) : undefined
  const out = (h: number, c: number, otherH: number, otherC: number): number =>
    both === undefined ? 0 : (both[(h * channels + c) * heads * channels + otherH * channels + otherC] as number)
  let queries = match(byHead, heads)
  let found: number[] = []
  for (let turn = 0; turn < mostTurns; turn++) {
    const standing = queries
    found = match(
      byChannel.map((gain, at) => {
        const [c, other] = [Math.floor(at / channels), at % channels]
        return gain + sumOver(heads, (h) => out(h, c, standing[h] as number, other))
      }),
      channels,
    )
    const matched = found
    queries = match(
      byHead.map((gain, at) => {
        const [h, other] = [Math.floor(at / heads), at % heads]
        return gain + sumOver(channels, (c) => out(h, c, other, matched[c] as number))
      }),
      heads,
    )
    if (queries.every((head, h) => head === standing[h])) break
  }
  const gain =
    (products(to.k, of.k, 1)[0] as number) +
    sumOver(heads, (h) => byHead[h * heads + (queries[h] as number)] as number) +
    sumOver(channels, (c) => byChannel[c * channels + (found[c] as number)] as number) +
    sumOver(heads, (h) => sumOver(channels, (c) => out(h, c, queries[h] as number, found[c] as number)))
  return { gain, queries, channels: found }
}

/** Products of each of `count` equal parts of a with each of b. [count × count] */
function products(a: Float32Array, b: Float32Array, count: number): Float64Array {
  const length = a.length / count
  const result = new Float64Array(count * count)
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      let sum = 0
      for (let k = 0; k < length; k++) sum += (a[i * length + k] as number) * (b[j * length + k] as number)
      result[i * count + j] = sum
    }
  return result
}
