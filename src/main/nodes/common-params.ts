/** Params that several nodes ask for in the same words. */

/** An optional model that embeds texts; `summary` says what the node compares with it, and what it does without one. */
export const embedderParam = <const Summary extends string>(summary: Summary) =>
  ({ kind: 'model', default: null, needs: 'embeddings', optional: true, title: 'Embedding model', summary }) as const

/** Tokens at which an answer is cut, of nodes that ask a model for a short text (those that write for a person have `samplingParams`). */
export const longestAnswerParam = (usual: number) =>
  ({
    kind: 'number',
    default: usual,
    min: 1,
    max: 8192,
    integer: true,
    unit: 'tokens',
    title: 'Longest answer',
    summary: 'an answer ends after so many tokens',
  }) as const

/** Claims are sentences or clauses, in every node that splits an answer. */
export const claimUnitParam = {
  kind: 'choice',
  default: 'sentence',
  title: 'A claim is',
  summary: 'the size of a claim',
  options: [
    { value: 'sentence', title: 'A sentence' },
    { value: 'clause', title: 'A clause' },
  ],
} as const
