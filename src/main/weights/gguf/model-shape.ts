import { type CacheShape, hasMerges } from '../../../shared/context-memory/cache'
import type { ModelShape } from '../../../shared/context-memory/model-shape'
import { type GgufHeader, numberOf, perBlockOf, textOf } from './types/header'

const floatTypes: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16'])

/** What the header says of the memory that contexts of this model need. Heads that differ from layer to layer count with their mean. */
export function modelShapeOf({ metadata, tensors }: Pick<GgufHeader, 'metadata' | 'tensors'>): ModelShape {
  const architecture = textOf(metadata, 'general.architecture') ?? ''
  const of = (key: string): number | undefined => numberOf(metadata, `${architecture}.${key}`)
  const listOf = (key: string): readonly number[] | undefined => perBlockOf(metadata, `${architecture}.${key}`)
  const heads = listOf('attention.head_count')
  return {
    architecture,
    vocabularySize: tensors.find(({ name }) => name === 'token_embd.weight')?.shape[1] ?? 0,
    hasMerges: hasMerges(textOf(metadata, 'tokenizer.ggml.model')),
    embeddingDimensions: of('embedding_length') ?? 0,
    attentionHeads: Math.max(1, ...(heads ?? [])),
    feedForward: of('feed_forward_length'),
    hasFloatWeights: tensors.some(({ shape, type }) => shape.length > 1 && floatTypes.has(type)),
    cache: cacheOf(of, listOf),
  }
}

/** Of models with attention in every layer: what recurrent layers keep does not grow with the text. */
function cacheOf(of: (key: string) => number | undefined, listOf: (key: string) => readonly number[] | undefined): CacheShape | undefined {
  const [layers, heads, width] = [of('block_count'), listOf('attention.head_count'), of('embedding_length')]
  if (layers === undefined || !heads?.length || width === undefined || of('ssm.state_size') !== undefined) return undefined
  const size = Math.floor(width / Math.max(1, ...heads))
  const pairs = listOf('attention.head_count_kv') ?? heads
  return {
    layers,
    heads: pairs.reduce((sum, count) => sum + count, 0) / pairs.length,
    keys: of('attention.key_length') ?? size,
    values: of('attention.value_length') ?? size,
  }
}
