import type { Numerics } from './numerics'

export interface CacheShape {
  readonly layers: number
  /** of keys and values */
  readonly heads: number
  /** numbers of one key, and of one value */
  readonly keys: number
  readonly values: number
}

/** Keys (two bytes a number) and values of one token in all layers. */
export const cacheBytes = ({ layers, heads, keys, values }: CacheShape, { valueBytes }: Pick<Numerics, 'valueBytes'>): number =>
  layers * heads * (2 * keys + valueBytes * values)

/**
 * What llama.cpp's tables of tokens take: 170 bytes a token were measured, and 130 for each merge, of which there are about as many where there are any
 * (SmolLM2 14 MiB, Gemma 3 41 to 47).
 */
export const vocabularyBytes = (size: number, merges: boolean): number => size * (merges ? 300 : 170)

/** Of a file's `tokenizer.ggml.model`. */
export const hasMerges = (tokenizer: string | undefined): boolean => tokenizer === 'gpt2'
