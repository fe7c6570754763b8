import type { BentMap } from '../../shared/bent-map'
import type { DistributionExpression, DrafterExpression, Prompt } from '../../shared/expression'
import type { JsonObject } from '../../shared/json'
import type { NodeUsage } from '../../shared/run/events'
import type { HeldToken, TokenAnswer, TokenCondition } from '../../shared/run/token-break'
import type { ChatMessage, ModelRef } from '../../shared/value'

/**
 * The interface through which everything sees models. Adapters: llama-cpp.ts (the model host), openai-compatible.ts, fake.ts.
 * All calls end within one token of `signal` aborting, with the signal's reason. All log-probabilities are natural logarithms.
 */
export interface ModelPool {
  /** The model behind a reference; nothing is loaded until a method needs it. Throws `model-missing` when no file or backend has this id. */
  open(ref: ModelRef): Promise<LanguageModel>
  /** Runs a decoding program beside the models. Throws `model-unsupported` when a leaf is a remote model and the expression needs full distributions. */
  decode(program: DecodeProgram, call: DecodeCall): Promise<Decoded>
  /**
   * What each program gives by itself, in their order. Those of the same local models run side by side, up to 16 at a time as memory allows, on a CPU with the
   * bits that each has alone; those on a server one after the other. Nothing is streamed. The first to fail ends all, and its error says which it was.
   */
  decodeAll(programs: readonly DecodeProgram[], call: Call): Promise<Decoded[]>
}

export interface Call {
  readonly signal: AbortSignal
  /** told of loads and phases, for the node's time split; see `ModelEvent` */
  readonly onEvent?: (event: ModelEvent) => void
}

export interface DecodeCall extends Call {
  /** told of each batch of accepted text, in order */
  readonly onToken?: (delta: TokenDelta) => void
  /** Local models only: `ask` is awaited before a token that meets one of the conditions is written. Memory stays held meanwhile. */
  readonly hold?: TokenHold
}

export interface TokenHold {
  readonly when: readonly TokenCondition[]
  ask(held: HeldToken, reason: string): Promise<TokenAnswer>
}

export interface TokenDelta {
  readonly text: string
  readonly tokens: number
  /** of `tokens`, how many a drafter had guessed */
  readonly accepted: number
  /** drafted and thrown away before this delta */
  readonly rejected: number
}

export type ModelEvent =
  | {
      readonly type: 'load-start'
      readonly model: string
      readonly sizeBytes: number
    }
  | {
      readonly type: 'load-progress'
      readonly model: string
      readonly fraction: number
    }
  | {
      readonly type: 'load-end'
      readonly model: string
      readonly ms: number
      readonly memoryBytes: number
    }
  | {
      readonly type: 'prompt-progress'
      readonly done: number
      readonly total: number
    }
  /** what a model is about to read, as it stands after the chat template; SHA-256 of its UTF-8. `id`: the model's own hash, of local ones */
  | { readonly type: 'prompt'; readonly model: string; readonly id: string; readonly sha256: string; readonly characters: number }
  /** a sentence that the person should see */
  | { readonly type: 'notice'; readonly message: string }
  /** of texts that were asked for together, from 0 on */
  | { readonly type: 'texts-progress'; readonly done: number; readonly total: number }
  /** of anything else that takes long; `unit`: of what `done` counts, in words */
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly unit: string }
  | { readonly type: 'usage'; readonly usage: Usage }

/** Where time and tokens went; every field is additive over calls. */
export type Usage = NodeUsage

export interface LanguageModel {
  readonly ref: ModelRef
  describe(call: Call): Promise<ModelDescription>
  /** `prompt`: with the begin token that the model wants and special tokens recognised · `end`: with an end token · else the text alone */
  tokenize(text: string, call: Call, as?: TokenizeAs): Promise<number[]>
  /** For each text the text of the model's token that is equal to it, else of the one with the fewest edits (the smallest token among equals); local models only. */
  nearestTokens?(texts: readonly string[], call: Call): Promise<string[]>
  /** The chat as the one string that the model's template makes of it, ready to be continued. */
  renderChat(messages: readonly ChatMessage[], call: Call): Promise<string>
  /** −log p of each token of `text` given those before it; the first token has `nats: 0` when the model adds no begin token. Texts joined give `text` again. */
  surprisal(text: string, call: Call): Promise<TokenSurprisal[]>
  /** log p(continuation | prompt) of each continuation, token by token; the prompt is evaluated once. `end: true` includes the end token. */
  scoreContinuations(request: ScoreRequest, call: Call): Promise<ContinuationScore[]>
  /** The same of many requests, in their order: what belongs to different ones is read side by side where the model is local. The first to fail ends all, and its error says which it was. */
  scoreAll(requests: readonly ScoreRequest[], call: Call): Promise<ContinuationScore[][]>
  /** One unit vector per text. Throws `model-unsupported` for a model without embeddings. */
  embed(texts: readonly string[], call: Call): Promise<Float32Array[]>
  /** What flows through each weight matrix while texts are read; local models only. */
  statistics?(request: StatisticsRequest, call: Call): Promise<ModelStatistics>
  /**
   * One row of raw scores per pair, in the order of `ModelDescription.labels`, by an encoder that reads both texts at once (reranker, NLI model).
   * Throws `model-unsupported` for a model without such a head, `context-overflow` for a pair that it cannot hold.
   */
  readPairs(pairs: readonly TextPair[], call: Call): Promise<Float32Array[]>
}

export type TokenizeAs = 'prompt' | 'end'

export interface StatisticsRequest {
  readonly texts: readonly { readonly prompt: Prompt; readonly continuation?: string }[]
  /** matrices up to this many columns get their whole Gram matrix, in the file at `path`: where says each input's `gramAt` */
  readonly grams?: { readonly width: number; readonly path: string }
  /** the first so many rows that flow into these matrices (`*` stands for any characters) are kept as they are */
  readonly features?: { readonly rows: number; readonly weights: readonly string[] }
  /** only these matrices (`*` stands for any characters) are looked at, each at a price in time; neutral: all */
  readonly weights?: readonly string[]
  /** no sums of what comes out of matrices: of those with one input only the first is looked at then */
  readonly outputs?: false
  /** nothing of the above, but how much the answers depend on the attention and the feed-forward part of every layer */
  readonly masks?: MasksAsked
  /** nothing of the above, but the loss alone, with adapter files (GGUF) worked in, each so strongly; for as long as this reading */
  readonly adapters?: readonly { readonly path: string; readonly scale: number }[]
  /** nothing of the above, but the loss alone, with this at work on what the last norm gives to the head; for as long as this reading */
  readonly bend?: BentMap
}

export interface MasksAsked {
  /** what the parts add is scaled by 1 ± this */
  readonly step: number
  /** drawn from the model itself, or the texts' own tokens */
  readonly labels: 'sampled' | 'observed'
  readonly seed: number
}

/** Sums over all tokens read (a text is cut after 512). Loss and entropy are of continuations, with their end; of whole texts where there is none. */
export interface ModelStatistics {
  readonly inputs: readonly InputStatistics[]
  readonly outputs: readonly OutputStatistics[]
  readonly tokens: number
  /** tokens predicted, their −log p in all, and the entropy of the predictions in all, in nats */
  readonly scored: number
  readonly nats: number
  readonly entropy: number
  readonly masks?: readonly MaskStatistics[]
}

/** Of a mask of ones on what a matrix writes: the sum over texts of the squared slope of log p(labels). */
export interface MaskStatistics {
  readonly weight: string
  readonly squares: number
}

export interface InputStatistics {
  /** the matrices that this flows into */
  readonly weights: readonly string[]
  readonly width: number
  readonly rows: number
  readonly sum: Float64Array
  readonly squares: Float64Array
  /** first byte of Σ x·xᵀ [width × width] in the file of Gram matrices: upper triangle, float32 */
  readonly gramAt?: number
  /** [kept × width] */
  readonly features?: Float32Array
}

export interface OutputStatistics {
  readonly weight: string
  readonly rows: number
  readonly sum: Float64Array
  readonly squares: Float64Array
}

/** Query and passage, or premise and claim; for a model that compares, a question and two answers. */
export interface TextPair {
  readonly first: string
  readonly second: string
  readonly third?: string
}

export interface ModelDescription {
  readonly architecture: string
  readonly vocabularySize: number
  readonly contextTokens: number
  readonly embeddingDimensions: number
  readonly hasChatTemplate: boolean
  readonly canEmbed: boolean
  /** what `readPairs` scores; empty for a model that cannot read pairs */
  readonly labels: readonly string[]
  /** text always; full distributions only for local models */
  readonly canDistribution: boolean
  readonly device: string
}

export interface TokenSurprisal {
  readonly text: string
  readonly nats: number
}

export interface ScoreRequest {
  readonly prompt: Prompt
  readonly continuations: readonly string[]
  readonly end?: boolean
  /** tell of each token too; local models only */
  readonly steps?: boolean
  /** with `steps`: so many of the likeliest tokens of each step, too; neutral 0 */
  readonly top?: number
}

export interface ContinuationScore {
  readonly logprob: number
  readonly tokens: number
  /** of each token, its end included, where they were asked for */
  readonly steps?: readonly TokenPrediction[]
}

/** How well a token was predicted, and how sure the prediction was, in nats. */
export interface TokenPrediction {
  /** −log p */
  readonly nats: number
  readonly entropy: number
  /** where `top` was asked for: the token that came, and [text, probability] of the likeliest, most probable first; an end token is the empty text */
  readonly text?: string
  readonly top?: readonly (readonly [string, number])[]
}

export interface DecodeProgram {
  readonly expression: DistributionExpression
  readonly sampler: SamplerOptions
  readonly maxTokens: number
  /** text is cut before the first of these */
  readonly stop: readonly string[]
  /** uint32; one stream of random numbers for the whole call */
  readonly seed: number
  readonly drafter?: DrafterExpression
  /** the output is constrained to this JSON Schema */
  readonly jsonSchema?: JsonObject
  /**
   * The text begins with this, counted within `maxTokens`, and goes on from there exactly as if it had been written so far. `tokens`, `text` and the
   * trace include it, `logprob` does not. Local models only: a server is asked for whole answers.
   */
  readonly prefix?: string
  /** keep, for each token, the `topK` most probable of every source and of the result */
  readonly trace?: { readonly topK: number }
}

/** Applied in this order to the expression's log-probabilities. Neutral: temperature 1, topK 0, topP 1, minP 0, repetitionPenalty 1. */
export interface SamplerOptions {
  /** 0 is greedy */
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly minP: number
  readonly repetitionPenalty: number
}

export interface Decoded {
  readonly text: string
  readonly tokens: number
  readonly finish: 'end' | 'stop' | 'length'
  /** sum of log-probabilities of the emitted tokens under the expression, before the sampler; NaN where a remote server tells none */
  readonly logprob: number
  readonly usage: Usage
  readonly trace?: TokenTrace
}

/** For the token inspector. One entry per emitted token. */
export interface TokenTrace {
  readonly sources: readonly string[]
  /** what each source is to the expression: the port that it is wired to (`expert`, `amateur`); empty where there is one source */
  readonly roles?: readonly string[]
  /** the share or strength with which each source enters the result; null where it differs from token to token */
  readonly weights?: readonly (number | null)[]
  readonly steps: readonly TraceStep[]
}

export interface TraceStep {
  readonly text: string
  readonly id: number
  /** of the result, in nats */
  readonly entropy: number
  readonly logprob: number
  /** how the token came: sampled by the target, drafted and accepted, or given as the prefix (then nobody was asked: no lists) */
  readonly origin: 'target' | 'draft' | 'prefix'
  /** drafted tokens thrown away just before this one */
  readonly rejected: readonly string[]
  /** the source with the highest probability for this token */
  readonly decidedBy: number
  /** Jensen–Shannon divergence between the sources that were asked and share the result's vocabulary, in nats; absent for fewer than two */
  readonly divergence?: number
  /** [text, probability] of the result, most probable first */
  readonly top: readonly (readonly [string, number])[]
  /** the same for each source, in order of `sources` */
  readonly sourceTop: readonly (readonly (readonly [string, number])[])[]
}
