import { cacheBytes } from '../../shared/context-memory/cache'
import { scratchBytes } from '../../shared/context-memory/lane-memory'
import { TributaryError } from '../../shared/errors'
import { inUnits } from './memory-ledger'
import type { ModelOutline } from './plan-decoding'

/** Tokens of one pass over a text whose inner values are looked at. */
export const tapTokens = 512

/** What the memory of looking into a model depends on. */
export interface TapShape {
  readonly vocabularySize: number
  readonly embeddingDimensions: number
  readonly cacheBytesPerToken: number
}

/** What is asked of the passes. */
export interface TapWish {
  /** logits of every token, not of the last one alone */
  readonly everyLogit: boolean
  /** what is added up outside llama.cpp */
  readonly sumsBytes: number
}

/** Cache, scratch and rows of logits of one context for passes of 512 tokens; every row three times where all are wanted: computed, given out, copied. */
export const tapBytes = (shape: TapShape, { everyLogit, sumsBytes }: TapWish): number =>
  tapTokens * shape.cacheBytesPerToken + scratchBytes(shape, tapTokens, tapTokens) + (everyLogit ? 3 : 1) * rowsBytes(shape) + sumsBytes

const rowsBytes = ({ vocabularySize }: Pick<TapShape, 'vocabularySize'>): number => 4 * tapTokens * vocabularySize

/** Widths of what flows into the matrices of a layer: before and after attention and into the feed-forward part; and inside that. */
export interface LayerWidths {
  readonly embeddingDimensions: number
  readonly feedForward: number
}

/** Rows that wait for their products at most. */
export const waitingBytes = 64 * 2 ** 20

/** Products of all pairs of channels, of the widest input that is no wider than `gramWidth`, in float32: one matrix is in memory at a time, and the rows that wait. */
export function gramBytes({ embeddingDimensions, feedForward }: LayerWidths, gramWidth: number): number {
  const widest = Math.max(0, ...[embeddingDimensions, feedForward].filter((width) => width <= gramWidth))
  return widest === 0 ? 0 : 4 * widest ** 2 + waitingBytes
}

/** Refused with `out-of-memory` before anything is loaded where weights, the context of one pass and the sums can never fit together. A lower bound. */
export function planTap(
  model: Pick<ModelOutline, 'name' | 'sizeBytes' | 'vocabularySize' | 'cache'>,
  sumsBytes: number,
  budgetBytes: number,
): void {
  const perToken = model.cache === undefined ? 0 : cacheBytes(model.cache, { valueBytes: 34 / 32 })
  const contextBytes = tapTokens * perToken + rowsBytes(model)
  const all = model.sizeBytes + contextBytes + sumsBytes
  if (all <= budgetBytes) return
  const sums = sumsBytes > 0 ? `, ${inUnits(sumsBytes)} for what is added up` : ''
  throw new TributaryError(
    'out-of-memory',
    `Looking into "${model.name}" does not fit into ${inUnits(budgetBytes)}: weights of ${inUnits(model.sizeBytes)}, at least ${inUnits(contextBytes)} for a pass of ${tapTokens} tokens${sums}.`,
    {
      hint:
        sumsBytes > contextBytes
          ? 'Ask for smaller Gram matrices, or raise the memory limit in the settings.'
          : 'Choose a smaller model, or raise the memory limit in the settings.',
      details: { weightsBytes: model.sizeBytes, contextBytes, sumsBytes, budgetBytes },
    },
  )
}
