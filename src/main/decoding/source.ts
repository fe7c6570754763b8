import type { DerivedStore } from '../../shared/derived-store'
import type { Prompt } from '../../shared/expression'
import type { JsonObject } from '../../shared/json'
import type { ModelRef } from '../../shared/value'

/**
 * What decoding needs from the models, and nothing more. The model host implements it over libllama, the tests over tables of numbers.
 * Everything here speaks tokens and raw logits; text, sampling, drafting and every operator are ours and live in this room.
 */
export interface Runtime {
  /** Monotonic milliseconds, for the time split; the one clock of this room. */
  now(): number
  /** What is known of a model. May load it. Throws `model-missing`, `model-corrupt`, `model-unsupported` (a remote model has no logits). */
  describe(model: ModelRef): Promise<SourceModel>
  /**
   * Makes one sequence per request, in order, all at once: so the runtime can plan the memory of every context before it loads anything
   * (`out-of-memory`), put sequences of one model into one context, and reuse a cache that shares a prefix with `prompt`.
   * A returned sequence holds `length` tokens of its prompt already, at most `prompt.length − 1`, so that at least one token is left to evaluate.
   */
  open(requests: readonly OpenRequest[], signal: AbortSignal): Promise<TokenSequence[]>
  /**
   * Appends tokens to several sequences and fills the rows with the logits after the last tokens of each. All sequences of one model go into
   * one batch where they fit. Either all requests take effect or the call throws. A sequence occurs at most once in a call.
   * `onProgress` is told of tokens done while a long prompt is read in several batches.
   */
  evaluate(
    requests: readonly EvaluateRequest[],
    call: { readonly signal: AbortSignal; readonly onProgress?: (done: number, total: number) => void },
  ): Promise<void>
  /** How many of these lists of requests, from the first on, may be open at the same time with memory to spare; 1 at least. Neutral: all. */
  fitting?(lists: readonly (readonly OpenRequest[])[]): number
  /** A constraint that lets through only tokens that continue a text of this JSON Schema. Throws `input-type` for a schema that it cannot express. */
  constrain(model: ModelRef, schema: JsonObject): Promise<TokenConstraint>
  /** where what was derived from models is kept from run to run; absent: nowhere */
  readonly derived?: DerivedStore | undefined
}

export interface SourceModel {
  readonly ref: ModelRef
  readonly vocabulary: Vocabulary
  /** tokens that one sequence may hold at most */
  readonly contextTokens: number
  /** of keys and values in the cache; absent where nobody knows */
  readonly cacheBytesPerToken?: number
  /** false: a cache cannot be cut back (recurrent and some sliding-window models), so nothing may be drafted */
  readonly canTruncate: boolean
  /** The prompt as tokens: raw text with the begin token that the model wants, or the chat rendered by the model's template to one string and tokenised whole. */
  tokenizePrompt(prompt: Prompt): Promise<number[]>
  /** what the model reads its tokens as; absent where its file has no such table */
  readonly embeddings?: TokenEmbeddings
}

/** The table of input embeddings: one row of `width` numbers for each token, read from the model's file as they are needed. */
export interface TokenEmbeddings {
  /** says which table it is: equal keys are equal tables */
  readonly key: string
  readonly width: number
  readonly rows: number
  /** The rows of tokens `from`, `from` + 1, … into `into` [count × width]. */
  read(from: number, into: Float32Array): void
  /** The same, letting other work through first: for whole tables, block after block. */
  readSoon(from: number, into: Float32Array): Promise<void>
}

export interface Vocabulary {
  /** hash of the ordered token bytes and special roles: equal fingerprints may meet token by token */
  readonly fingerprint: string
  /** logits per row */
  readonly size: number
  /** all tokens that end a text (end of sequence, end of turn), smallest first */
  readonly endTokens: readonly number[]
  /** the bytes that a token stands for; empty for control tokens. The array must not be changed. */
  pieceBytes(token: number): Uint8Array
  /** The text continued: no begin token, no special tokens parsed. Joined pieces give the text's UTF-8 bytes again. */
  tokenize(text: string): number[]
}

/** The growing token list of one leaf and its cache. */
export interface TokenSequence {
  readonly model: ModelRef
  /** tokens in the cache */
  readonly length: number
  /** Forgets all tokens from `length` on. Only where the model `canTruncate`, or to the length that it has. */
  truncate(length: number): void
  /** A second sequence with the same tokens and cache, in the same context. Its memory was asked for by `branches` of the open request. */
  fork(): TokenSequence
  dispose(): void
}

export interface OpenRequest {
  readonly model: ModelRef
  readonly prompt: readonly number[]
  /** the sequence may grow to this many tokens in all; at most the model's `contextTokens` */
  readonly capacity: number
  /** forks that may live at the same time besides the sequence itself */
  readonly branches: number
  /** of one evaluation at most, as far as is known, so that memory is planned with them; absent: one */
  readonly rows?: number
  /**
   * it has nothing to do with the other requests, and none of its bits may depend on what these are, even where they begin alike: it neither forks nor
   * branches. Neutral: false, where sequences of one model may share cells
   */
  readonly sideBySide?: boolean
  /** of the largest tree that one evaluation may read: its tokens, and the ways through it. Absent: tokens come in a row. */
  readonly tree?: { readonly tokens: number; readonly paths: number }
}

export interface EvaluateRequest {
  readonly sequence: TokenSequence
  /** appended to the sequence; at least one */
  readonly tokens: readonly number[]
  /**
   * Where the last `parents.length` tokens are a tree: for each the one of them that it follows, −1 for the token before them all. A token comes after
   * its parent. The sequence keeps those that follow each other from the first on (parents −1, 0, 1, …); the rest is read and forgotten.
   */
  readonly parents?: readonly number[]
  /**
   * Buffers of `vocabulary.size`, at most one per token: buffer i receives the raw logits after token `tokens.length − rows.length + i`.
   * They belong to the caller, who may overwrite them; the runtime copies into them and keeps no reference.
   */
  readonly rows: readonly Float32Array[]
}

export interface TokenConstraint {
  /** May this token come next? */
  allows(token: number): boolean
  /** Sets every forbidden entry to −Infinity. logits or log-probabilities [V]. */
  mask(row: Float32Array): void
  /** Moves on by one token, which must be allowed. */
  accept(token: number): void
  /** A copy in the same state, so that drafted tokens can be tried. */
  clone(): TokenConstraint
  dispose(): void
}
