import type { Numerics } from './numerics'

/** Tokens and sequences that a lane has room for, and in how many parts its cache lies: one for all sequences, or one for each. */
export interface LaneSize {
  readonly cells: number
  readonly sequences: number
  readonly streams: number
}

/** What the memory of a lane depends on. */
export interface LaneShape extends LaneSize {
  /** of logits in one batch at most, as far as is known */
  readonly rows: number
  readonly model: {
    readonly cacheBytesPerToken: number
    readonly embeddingDimensions: number
    readonly feedForward: number
    readonly attentionHeads: number
    readonly vocabulary: { readonly size: number }
    readonly numerics: Pick<Numerics, 'batchTokens' | 'params'>
  }
}

/** What a lane is wanted for. */
export interface WantedSize {
  /** tokens that all sequences may hold together, and the longest one */
  readonly cells: number
  readonly longest: number
  /** sequences that may live at the same time */
  readonly sequences: number
  /** no sequence begins as a copy of another, nor branches */
  readonly neverForks: boolean
  /** the sequences have nothing to do with each other, and none may feel that others are there: each has cells of its own, whatever that takes */
  readonly sideBySide?: boolean
}

/** What cells of their own may take, in parts of what one cache for all takes: one long sequence among short ones would make all of them long. */
const mostApart = 1.5

/**
 * The size of a lane: one of a few, so that lanes are used again. Sequences that never fork have cells of their own, where that costs nothing (float weights
 * want two tokens a sequence then) and takes little more memory; those that stand side by side have them wherever results are promised to the last bit.
 */
export function laneSize(
  { cells, longest, sequences, neverForks, sideBySide = false }: WantedSize,
  { isExact, pairsLoneTokens }: Pick<Numerics, 'isExact' | 'pairsLoneTokens'>,
): LaneSize {
  const shared = 2 ** Math.ceil(Math.log2(Math.max(512, cells)))
  const apart = sequences * 2 ** Math.ceil(Math.log2(Math.max(256, longest + (pairsLoneTokens ? 1 : 0))))
  const isWorthIt = sideBySide || (!pairsLoneTokens && apart <= mostApart * shared)
  if (neverForks && sequences > 1 && isExact && isWorthIt) return { cells: apart, sequences, streams: sequences }
  return { cells: shared, sequences: [4, 16, 64, 256].find((limit) => limit >= sequences) ?? sequences, streams: 1 }
}

const rowBytesLimit = 32 * 2 ** 20

/** Rows of logits that one batch may ask for: as many as 32 MiB hold, but at least one for each sequence (llama.cpp asserts that), two where it has cells of its own. */
export function mostRows({
  model,
  sequences,
  streams,
}: Pick<LaneSize, 'sequences' | 'streams'> & { readonly model: Pick<LaneShape['model'], 'vocabulary'> }): number {
  const affordable = Math.floor(rowBytesLimit / (4 * model.vocabulary.size))
  return Math.max(streams > 1 ? 2 * sequences : sequences, Math.min(128, Math.max(16, affordable)))
}

/**
 * What a lane takes: the cache, the rows that are given out, and the larger of what attention and what the output head need between them. Within a tenth
 * of what llama.cpp reports from 512 cells on (`lane-memory.models.test.ts`).
 */
export function laneBytes(shape: LaneShape): number {
  const { model, cells, sequences, streams, rows } = shape
  const seen = cells / streams
  const most = mostRows(shape)
  const { batchTokens, params } = model.numerics
  const [width, size] = [model.embeddingDimensions, model.vocabulary.size]
  // flash attention keeps a mask of two bytes a cell, and the widest there is is the feed-forward part; plain attention keeps a score a head
  const attention =
    params.flash_attn_type === 0
      ? 4 * batchTokens * (seen * (model.attentionHeads + 1) + 6 * width)
      : batchTokens * (2 * seen + 12 * (model.feedForward + width))
  const head = 4 * most * (size + 2 * width) + 4 * batchTokens * width
  const givenOut = 4 * size * Math.max(sequences, Math.min(most, rows))
  return cells * model.cacheBytesPerToken + givenOut + Math.max(attention, head)
}

/** Buffers between the layers of a context that is no lane, for a batch of so many tokens that look at so many cells: an upper estimate. */
export const scratchBytes = (model: { readonly embeddingDimensions: number }, batchTokens: number, cells: number): number =>
  batchTokens * (cells * 2 + model.embeddingDimensions * 4 * 24)
