/** How a model is computed so that a token's logits depend on the tokens before it and on nothing else. */
export interface Numerics {
  /** llama.cpp's own members: the kind of flash attention (0: none), and of values in the cache */
  readonly params: { readonly flash_attn_type?: number; readonly type_v?: number }
  /** bytes of one value in the cache */
  readonly valueBytes: number
  /** tokens of one llama_decode at most */
  readonly batchTokens: number
  /**
   * a token is never read alone: another one goes with it and is forgotten, so that the same code reads it as reads several. Nor is one output computed
   * alone: behind the last attention only the wanted rows go on, so one of them would take the code for one row.
   */
  readonly pairsLoneTokens: boolean
  /** a token gives the same bits alone and among others */
  readonly isExact: boolean
}

export interface ModelTraits {
  readonly onCpu: boolean
  /** some weight matrix is F32, F16 or BF16 */
  readonly hasFloatWeights: boolean
  readonly canTruncate: boolean
  readonly valueLength: number
  /** refuses a cache with keys and values of different types */
  readonly needsEqualTypes: boolean
}

const q8Type = 8

/** Architectures for which llama.cpp takes keys and values of one type only. */
export const needsEqualTypes = (architecture: string): boolean => architecture === 'grok' || architecture.startsWith('deepseek')

/**
 * ggml's flash attention on a CPU rounds differently for one row over 512 cells (it splits them among threads), for up to 63 rows (values are summed in
 * F16) and for 64 and more (tiles). It has one way only where keys and values have different types: with values in Q8_0 every row is summed in F32 by
 * itself, however many there are. Quantised weights are multiplied row by row too once they are not repacked. Float weights are not: two rows and more go
 * through another kernel than one, so there a lone token gets a companion, and plain attention, which is as steady from two rows on, is faster.
 */
export function numericsOf({ onCpu, hasFloatWeights, canTruncate, valueLength, needsEqualTypes }: ModelTraits): Numerics {
  if (!onCpu || !canTruncate) return { params: {}, valueBytes: 2, batchTokens: 512, pairsLoneTokens: false, isExact: false }
  if (hasFloatWeights || needsEqualTypes || valueLength % 32 !== 0)
    return { params: { flash_attn_type: 0 }, valueBytes: 2, batchTokens: 128, pairsLoneTokens: true, isExact: true }
  return { params: { type_v: q8Type }, valueBytes: 34 / 32, batchTokens: 512, pairsLoneTokens: false, isExact: true }
}
