import { createHash } from 'node:crypto'
import type { JsonObject } from '../../../shared/json'
import type { ExtractedMatrix, ExtractFound } from '../../node-runtime'
import type { Codec } from '../convert/codec'
import { BlockWorker } from '../engine/block-worker'
import type { Plan, PlanNode } from '../engine/plan'
import { lowRank } from '../kernels/low-rank'
import { encodeTable } from '../statistics/table'
import { type AdaptedMatrix, entriesOf } from './adapter'

/** What a thread is asked: the differences that a plan (without passes) describes, each matrix as a product of two thin ones. */
export interface ExtractJob {
  readonly plan: Plan
  readonly rank: number
  /** the share of a matrix's squared change that is enough, in 0..1 */
  readonly energy: number
  /** the embedding and the output head too */
  readonly outer: boolean
  readonly seed: number
  readonly made: JsonObject
}

const outer = /^(token_embd|output)\.weight$/

/** Holds one matrix at a time, and its thin factors in float64. */
export function runExtractJob(
  { plan, rank, energy, outer: takesOuter, seed, made }: ExtractJob,
  codec: Codec,
  onMatrix: (done: number, total: number) => void,
): ExtractFound {
  const worker = new BlockWorker(plan, codec)
  const { tensors } = plan.nodes[plan.root] as PlanNode
  const adapted: AdaptedMatrix[] = []
  const matrices: ExtractedMatrix[] = []
  const left: { tensor: string; change: number }[] = []
  for (const [index, { name, shape, copied }] of tensors.entries()) {
    onMatrix(index, tensors.length)
    if (copied) continue
    const [columns = 1, rows = 1] = shape
    const delta = worker.whole(plan.root, index)
    if (shape.length !== 2 || (outer.test(name) && !takesOuter)) {
      const square = delta.reduce((sum, value) => sum + value * value, 0)
      if (square > 0) left.push({ tensor: name, change: Math.sqrt(square) })
      continue
    }
    const { a, b, total, kept, rank: found } = lowRank(delta, rows, columns, { rank, energy, seed: seedOf(seed, name) })
    if (found > 0) adapted.push({ matrix: name, rank: found, a, b })
    matrices.push({ matrix: name, rank: found, change: Math.sqrt(total), error: Math.sqrt(Math.max(0, total - kept)) })
  }
  onMatrix(tensors.length, tensors.length)
  worker.close()
  return { bytes: encodeTable(entriesOf({ matrices: adapted }), { made }), matrices, left }
}

/** Every matrix draws from its own name, so that their order does not matter. */
const seedOf = (seed: number, name: string): number => (createHash('sha256').update(name).digest().readUInt32LE(0) ^ seed) >>> 0
