import type { JsonObject } from '../../../shared/json'
import type { Codec } from '../convert/codec'
import { BlockWorker } from '../engine/block-worker'
import type { Plan, PlanNode } from '../engine/plan'
import type { TableEntry } from '../statistics/table'
import { fisherDiagonal, type TokenText } from './fisher'
import { Llama, type Weights } from './llama'
import type { LlamaShape } from './shape'
import { SquareFile } from './square-file'

/** What a thread is asked: the Fisher information of the model that a plan (already settled where it has passes) describes, as a table in a file. */
export interface FisherJob {
  readonly plan: Plan
  readonly shape: LlamaShape
  readonly texts: readonly TokenText[]
  readonly labels: 'sampled' | 'observed'
  readonly seed: number
  readonly made: JsonObject
  readonly path: string
}

/** Holds a part of the weights, what flows between the blocks, and one matrix with a few million of its slopes. */
export function runFisherJob(
  { plan, shape, texts, labels, seed, made, path }: FisherJob,
  codec: Codec,
  onText: (done: number, total: number) => void,
): { readonly scored: number; readonly nats: number } {
  const worker = new BlockWorker(plan, codec)
  const { tensors } = plan.nodes[plan.root] as PlanNode
  const weights = heldWeights(
    tensors.map(({ name }) => name),
    (index) => worker.whole(plan.root, index),
  )
  const sizes = tensors.map((tensor) => ({ name: tensor.name, length: tensor.shape.reduce((product, size) => product * size, 1) }))
  const lengths = new Map(sizes.map(({ name, length }) => [name, length]))
  const squares = new SquareFile(
    path,
    sizes,
    masksOf(shape, (name) => lengths.get(name) ?? 0),
    made,
  )
  try {
    const tell = (done: number): void => onText(done, texts.length)
    const { masks, scored, nats } = fisherDiagonal(new Llama(shape, weights), texts, { labels, seed, onText: tell }, squares)
    squares.finish(texts.length, masks)
    return { scored, nats }
  } finally {
    squares.close()
    worker.close()
  }
}

/** Of small models all weights stay in memory; of others as many as this, those longest unused going first. */
const mostHeldBytes = 256 * 2 ** 20

export function heldWeights(names: readonly string[], read: (index: number) => Float32Array, mostBytes = mostHeldBytes): Weights {
  const places = new Map(names.map((name, index) => [name, index]))
  const held = new Map<string, Float32Array>()
  let bytes = 0
  return {
    has: (name) => places.has(name),
    get(name) {
      const index = places.get(name)
      if (index === undefined) return undefined
      const values = held.get(name) ?? read(index)
      // the one asked for last stands last
      if (held.delete(name)) bytes -= values.byteLength
      for (const [other, old] of held) {
        if (bytes + values.byteLength <= mostBytes) break
        held.delete(other)
        bytes -= old.byteLength
      }
      held.set(name, values)
      bytes += values.byteLength
      return values
    },
  }
}

/** The masks that the way back tells, in its order. */
function masksOf({ blocks, heads, keyHeads }: LlamaShape, lengthOf: (name: string) => number): Omit<TableEntry, 'data'>[] {
  const all = Array.from({ length: blocks }, (_, block) => block)
  const width = lengthOf('output_norm.weight')
  return [
    ...all.flatMap((block) =>
      (
        [
          ['attn_output', heads],
          ['attn_q', heads],
          ['attn_k', keyHeads],
        ] as const
      ).map(([part, count]) => ({ matrix: `blk.${block}.${part}.weight`, quantity: 'heads' as const, shape: [count] })),
    ),
    ...all.map((block) => ({
      matrix: `blk.${block}.ffn_down.weight`,
      quantity: 'units' as const,
      shape: [lengthOf(`blk.${block}.ffn_down.weight`) / width],
    })),
  ]
}
