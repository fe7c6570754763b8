import type { JsonObject } from '../../../shared/json'
import type { Codec } from '../convert/codec'
import { BlockWorker } from '../engine/block-worker'
import type { Plan, PlanNode } from '../engine/plan'
import { encodeTable } from '../statistics/table'
import { fisherDiagonal, type TokenText } from './fisher'
import { Llama } from './llama'
import type { LlamaShape } from './shape'

/** What a thread is asked: the Fisher information of the model that a plan (already settled where it has passes) describes. */
export interface FisherJob {
  readonly plan: Plan
  readonly shape: LlamaShape
  readonly texts: readonly TokenText[]
  readonly labels: 'sampled' | 'observed'
  readonly seed: number
  readonly made: JsonObject
}

/** Holds all weights in float32, their slopes and their squares: four times the parameters in memory. */
export function runFisherJob(
  { plan, shape, texts, labels, seed, made }: FisherJob,
  codec: Codec,
  onText: (done: number, total: number) => void,
) {
  const worker = new BlockWorker(plan, codec)
  const { tensors } = plan.nodes[plan.root] as PlanNode
  const weights = new Map(tensors.map(({ name }, index) => [name, worker.whole(plan.root, index)]))
  worker.close()
  const { entries, scored, nats } = fisherDiagonal(new Llama(shape, weights), texts, {
    labels,
    seed,
    onText: (done) => onText(done, texts.length),
  })
  return { bytes: encodeTable(entries, { made }), scored, nats }
}
