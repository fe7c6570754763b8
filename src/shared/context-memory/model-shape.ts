import { type CacheShape, cacheBytes } from './cache'
import { laneBytes, laneSize, type WantedSize } from './lane-memory'
import { needsEqualTypes, numericsOf } from './numerics'

/** What the header of a model's file says of the memory that its contexts need. */
export interface ModelShape {
  readonly architecture: string
  readonly vocabularySize: number
  /** its tokens are made by merging pairs */
  readonly hasMerges: boolean
  readonly embeddingDimensions: number
  readonly attentionHeads: number
  /** width inside its feed-forward part; undefined where the file does not say, or layers differ */
  readonly feedForward?: number | undefined
  /** some weight matrix is F32, F16 or BF16 */
  readonly hasFloatWeights: boolean
  /** what attention keeps of a token; undefined where the file does not say, or keeps something else */
  readonly cache?: CacheShape | undefined
}

/** What contexts of a model take here. */
export interface ModelContext {
  readonly shape: ModelShape
  readonly onCpu: boolean
  /** of one context, by the model and by the host */
  readonly mostTokens: number
}

/**
 * What a context for so many cells takes beside the weights: its cache, the rows that are given out, and what is computed with between layers. Layers with a
 * sliding window count like all others: contexts are made with their whole cache, so that any token of it can be taken back. 0 where the header does not
 * say what is kept of a token (recurrent layers).
 */
export function contextBytes(model: ModelShape, wanted: WantedSize, rows: number, onCpu: boolean): number {
  const { cache, embeddingDimensions, attentionHeads, architecture, hasFloatWeights } = model
  if (cache === undefined) return 0
  const numerics = numericsOf({
    onCpu,
    hasFloatWeights,
    canTruncate: true,
    valueLength: cache.values,
    needsEqualTypes: needsEqualTypes(architecture),
  })
  return laneBytes({
    ...laneSize(wanted, numerics),
    rows,
    model: {
      cacheBytesPerToken: cacheBytes(cache, numerics),
      embeddingDimensions,
      attentionHeads,
      feedForward: model.feedForward ?? 4 * embeddingDimensions,
      vocabulary: { size: model.vocabularySize },
      numerics,
    },
  })
}
