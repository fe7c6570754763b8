import type { WeightsExpression } from '../../../shared/expression'
import { addProduct } from '../../../shared/wasm/products'
import { turned } from '../adapters/adapter'
import { plainCodec } from '../convert/codec'
import { matcherOf } from '../kernels/matching'
import { philox4x32 } from '../kernels/philox'
import { refuse } from '../settings'
import { type HeadOrder, type Heads, type HeadTensors, type HeadWeights, headsByBlock, matchHeads, ordersOfHeads } from './align-heads'
import { BlockWorker } from './block-worker'
import type { PermuteNode, Plan, PlanNode, PlanTensor } from './plan'

type Solver = Extract<WeightsExpression, { op: 'permute' }>['solver']

/** Exact matching takes n³ steps and n² numbers. */
export const mostUnits = 2048

export interface AlignAsked {
  readonly solver: Solver
  readonly seed: number
  /** attention heads and value channels move too; undefined: they stay */
  readonly heads?: Heads | undefined
}

/** The tensors of a block that its hidden units run through: rows of gate and up, columns of down. */
interface Units {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly count: number
}

/**
 * For each block an order of its feed-forward units. Exchanging units changes no output: rows of gate and up and columns of down move together.
 * With `to`, the order in which they fit that model best: by incoming and outgoing weights (Git Re-Basin; Ainsworth et al. 2023, arXiv:2209.04836),
 * by incoming ones (OT fusion of equal widths; Singh and Jaggi 2020, arXiv:1910.05653), or through Sinkhorn's soft matching (Pena et al. 2023).
 */
export function ordersOf(
  nodes: readonly PlanNode[],
  of: number,
  to: number | undefined,
  { solver, seed, heads }: AlignAsked,
): PermuteNode['orders'] {
  const { tensors } = nodes[of] as PlanNode
  for (const node of [of, to])
    if (node !== undefined && ['combine', 'zip'].includes((nodes[node] as PlanNode).op))
      refuse('Align units', 'works on models as they come from files', 'Align first, then merge.')
  const orders: (PermuteNode['orders'][number] | null)[] = tensors.map(() => null)
  const worker = new BlockWorker({ nodes, root: of, blocks: 0 } satisfies Plan, plainCodec)
  try {
    for (const [block, units] of unitsByBlock(tensors)) {
      const order = to === undefined ? shuffled(units.count, seed, block) : matched(worker, of, to, units, solver)
      for (const tensor of units.rows) orders[tensor] = { axis: 'rows', order }
      for (const tensor of units.columns) orders[tensor] = { axis: 'columns', order }
    }
    for (const [block, found] of heads ? headsByBlock(tensors, heads) : []) {
      const order =
        to === undefined ? shuffledHeads(heads as Heads, found, seed, block) : matchedHeads(worker, of, to, heads as Heads, found, solver)
      for (const [tensor, moved] of ordersOfHeads(order, heads as Heads, found, tensors)) orders[tensor] = moved
    }
  } finally {
    worker.close()
  }
  return orders
}

export function unitsByBlock(tensors: readonly PlanTensor[]): Map<number, Units> {
  const blocks = new Map<number, { rows: number[]; columns: number[]; count: number }>()
  for (const [index, { name, shape }] of tensors.entries()) {
    const [, block, role, kind] = /^blk\.(\d+)\.ffn_(gate|up|down)\.(weight|bias)$/.exec(name) ?? []
    if (block === undefined) continue
    const units = blocks.get(Number(block)) ?? { rows: [], columns: [], count: 0 }
    blocks.set(Number(block), units)
    if (role === 'down' && kind === 'weight') {
      units.columns.push(index)
      units.count = shape[0] ?? 0
    } else if (role !== 'down') (kind === 'bias' ? units.columns : units.rows).push(index)
  }
  if (blocks.size === 0) refuse('Align units', 'finds no feed-forward layers of the usual names in this model')
  return blocks
}

/** Gain of putting unit j of `of` at place i: how well their weights agree. */
function matched(worker: BlockWorker, of: number, to: number, { rows, columns, count }: Units, solver: Solver): number[] {
  if (count > mostUnits) refuse('Align units', `cannot match ${count} units exactly; ${mostUnits} is the most`)
  const gain = new Float64Array(count * count)
  for (const tensor of rows) addAgreement(worker.whole(to, tensor), worker.whole(of, tensor), [count, count], 'rows', gain)
  if (solver !== 'transport')
    for (const tensor of columns) addAgreement(worker.whole(to, tensor), worker.whole(of, tensor), [count, count], 'columns', gain)
  return matcherOf(solver)(gain, count)
}

function matchedHeads(worker: BlockWorker, of: number, to: number, heads: Heads, block: HeadTensors, solver: Solver): HeadOrder {
  const channels = heads.groups * heads.perGroup * block.valueSize
  if (channels > mostUnits)
    refuse('Align units', `cannot match ${channels} channels of attention; ${mostUnits} is the most`, 'Turn Heads off.')
  const weightsOf = (node: number): HeadWeights => ({
    q: worker.whole(node, block.q[0] as number),
    k: worker.whole(node, block.k[0] as number),
    v: worker.whole(node, block.v[0] as number),
    ...(solver === 'transport' ? {} : { output: turned(worker.whole(node, block.output), channels) }),
  })
  return matchHeads(weightsOf(to), weightsOf(of), heads, block, matcherOf(solver))
}

function shuffledHeads({ groups, perGroup }: Heads, { valueSize }: HeadTensors, seed: number, block: number): HeadOrder {
  const each = (count: number, part: number) =>
    Array.from({ length: groups }, (_, group) => shuffled(count, seed, block, 1 + 2 * group + part))
  return { groups: shuffled(groups, seed, block, 1 + 2 * groups), queries: each(perGroup, 0), channels: each(valueSize, 1) }
}

/** Adds products of each unit of a with each of b: gain [counts[0] × counts[1]], the units being rows or columns of both. */
export function addAgreement(
  a: Float32Array,
  b: Float32Array,
  counts: readonly [number, number],
  axis: 'rows' | 'columns',
  gain: Float64Array,
): void {
  const [ofA, ofB] = counts
  const depth = a.length / ofA
  const products = new Float32Array(ofA * ofB)
  addProduct(
    axis === 'rows' ? { values: a, row: depth, column: 1 } : { values: a, row: 1, column: ofA },
    axis === 'rows' ? { values: b, row: 1, column: depth } : { values: b, row: ofB, column: 1 },
    { values: products, row: ofB, column: 1 },
    { rows: ofA, depth, columns: ofB },
  )
  for (let i = 0; i < products.length; i++) gain[i] = (gain[i] as number) + (products[i] as number)
}

/** A seeded order (Fisher and Yates). */
export function shuffled(count: number, seed: number, block: number, part = 0): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const [word] = philox4x32([last, block, 2, part], [seed >>> 0, 0])
    const other = Math.floor((word / 2 ** 32) * (last + 1))
    ;[order[last], order[other]] = [order[other] as number, order[last] as number]
  }
  return order
}
