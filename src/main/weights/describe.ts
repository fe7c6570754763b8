import type { DescribedModel } from '../node-runtime'
import type { Compiled } from './engine/compile'
import { numberOf, textOf } from './gguf/types/header'

/** What a node wants to know of the model that an expression gives, before it is computed. */
export function describeModel({ metadata, plan }: Pick<Compiled, 'metadata' | 'plan'>): DescribedModel {
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  const of = (key: string): number | undefined => numberOf(metadata, `${architecture}.${key}`)
  const heads = of('attention.head_count') ?? 1
  return {
    architecture,
    blocks: plan.blocks,
    width: of('embedding_length') ?? 0,
    heads,
    kvHeads: of('attention.head_count_kv') ?? heads,
    headSize: of('attention.key_length') ?? (of('embedding_length') ?? 0) / heads,
    tensors: (plan.nodes[plan.root]?.tensors ?? []).map(({ name, shape }) => ({ name, shape })),
  }
}
