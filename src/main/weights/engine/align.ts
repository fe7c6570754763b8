import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { assign, sinkhorn } from '../kernels/assignment'
import { philox4x32 } from '../kernels/philox'
import { refuse } from '../settings'
import { BlockWorker } from './block-worker'
import type { PermuteNode, Plan, PlanNode, PlanTensor } from './plan'

type Solver = Extract<WeightsExpression, { op: 'permute' }>['solver']

/** Exact matching takes n³ steps and n² numbers. */
const mostUnits = 2048

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
  solver: Solver,
  seed: number,
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
  } finally {
    worker.close()
  }
  return orders
}

function unitsByBlock(tensors: readonly PlanTensor[]): Map<number, Units> {
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
  for (const tensor of rows) addAgreement(worker.whole(to, tensor), worker.whole(of, tensor), count, 'rows', gain)
  if (solver !== 'transport')
    for (const tensor of columns) addAgreement(worker.whole(to, tensor), worker.whole(of, tensor), count, 'columns', gain)
  if (solver !== 'sinkhorn') return assign(gain, count)
  const spread = gain.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  return assign(sinkhorn(gain, count, spread / 50, 30), count)
}

function addAgreement(a: Float32Array, b: Float32Array, count: number, axis: 'rows' | 'columns', gain: Float64Array): void {
  const width = a.length / count
  const [unit, step] = axis === 'rows' ? [width, 1] : [1, count]
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      let sum = 0
      for (let k = 0; k < width; k++) sum += (a[i * unit + k * step] as number) * (b[j * unit + k * step] as number)
      gain[i * count + j] = (gain[i * count + j] as number) + sum
    }
}

/** A seeded order (Fisher and Yates). */
function shuffled(count: number, seed: number, block: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const [word] = philox4x32([last, block, 2, 0], [seed >>> 0, 0])
    const other = Math.floor((word / 2 ** 32) * (last + 1))
    ;[order[last], order[other]] = [order[other] as number, order[last] as number]
  }
  return order
}
