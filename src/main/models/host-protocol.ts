import type { TemplateReport } from '../../shared/api'
import type { ErrorReport } from '../../shared/errors'
import type { Prompt } from '../../shared/expression'
import type { HeldToken, TokenAnswer, TokenCondition } from '../../shared/run/token-break'
import type { ChatMessage, ModelRef } from '../../shared/value'
import type {
  ContinuationScore,
  Decoded,
  DecodeProgram,
  ModelDescription,
  ModelEvent,
  ModelStatistics,
  ScoreRequest,
  StatisticsRequest,
  TextPair,
  TokenDelta,
  TokenizeAs,
  TokenSurprisal,
} from './model'

/** What the application and the model host say to each other over the channel between the two processes (structured clone). */

export type DeviceChoice = 'auto' | 'cpu' | 'cuda' | 'vulkan' | 'metal'

/** How the model host uses this machine. */
export interface HostSettings {
  readonly device: DeviceChoice
  /** layers of each model to keep on the GPU; 'auto' takes as many as fit */
  readonly gpuLayers: number | 'auto'
  /** 0: as many as there are physical cores */
  readonly threads: number
  /** tokens of context a sequence may use at most; a model's own limit may be lower */
  readonly contextTokens: number
  /** weights, caches and scratch of all models together; 0: four fifths of this machine's memory */
  readonly memoryBytes: number
  /** hashes of chat templates that nobody here knows and that the person lets run */
  readonly acceptedTemplates?: readonly string[]
  /** where what was derived from models is kept; absent: nowhere */
  readonly derivedFolder?: string
}

export const defaultHostSettings: HostSettings = { device: 'auto', gpuLayers: 'auto', threads: 0, contextTokens: 8192, memoryBytes: 0 }

/** A model and where its file lies; only the shelf knows paths, and only the host is told. */
export interface ModelFile {
  readonly ref: ModelRef
  readonly path: string
}

/** Every method of the host: what it is given and what it answers. */
export interface HostMethods {
  describe: { readonly args: { readonly model: ModelFile }; readonly result: ModelDescription }
  tokenize: { readonly args: { readonly model: ModelFile; readonly text: string; readonly as?: TokenizeAs }; readonly result: number[] }
  nearestTokens: { readonly args: { readonly model: ModelFile; readonly texts: readonly string[] }; readonly result: string[] }
  renderChat: { readonly args: { readonly model: ModelFile; readonly messages: readonly ChatMessage[] }; readonly result: string }
  /** reads the header alone: loads nothing */
  template: { readonly args: { readonly model: ModelFile }; readonly result: TemplateReport }
  surprisal: { readonly args: { readonly model: ModelFile; readonly text: string }; readonly result: TokenSurprisal[] }
  score: {
    readonly args: { readonly model: ModelFile; readonly requests: readonly ScoreRequest[] }
    readonly result: ContinuationScore[][]
  }
  embed: { readonly args: { readonly model: ModelFile; readonly texts: readonly string[] }; readonly result: Float32Array[] }
  readPairs: { readonly args: { readonly model: ModelFile; readonly pairs: readonly TextPair[] }; readonly result: Float32Array[] }
  activations: { readonly args: { readonly model: ModelFile } & ActivationRequest; readonly result: ActivationSummary[] }
  statistics: { readonly args: { readonly model: ModelFile; readonly request: StatisticsRequest }; readonly result: ModelStatistics }
  decode: {
    readonly args: {
      readonly models: readonly ModelFile[]
      readonly program: DecodeProgram
      /** a token that meets one of these is announced by `held` and waits for its `release` */
      readonly hold?: readonly TokenCondition[]
    }
    readonly result: Decoded
  }
  /** several programs side by side: nothing is streamed, and none is held */
  decodeAll: {
    readonly args: { readonly models: readonly ModelFile[]; readonly programs: readonly DecodeProgram[] }
    readonly result: Decoded[]
  }
  /** frees a file's model as soon as no call uses it */
  forget: { readonly args: { readonly id: string }; readonly result: undefined }
  status: { readonly args: Record<never, never>; readonly result: HostStatus }
}

export type HostMethod = keyof HostMethods

/** Which tensors of the forward pass to look at while texts are read. */
export interface ActivationRequest {
  readonly prompts: readonly Prompt[]
  /** names as llama.cpp gives them, e.g. `attn_norm-0`; `*` stands for any characters */
  readonly tensors: readonly string[]
}

/** What passed through one tensor, over all tokens of all prompts. Per channel (its first dimension) and in all. */
export interface ActivationSummary {
  readonly tensor: string
  readonly channels: number
  readonly rows: number
  readonly sum: Float64Array
  readonly sumOfSquares: Float64Array
}

export interface HostStatus {
  readonly release: string
  readonly device: string
  readonly threads: number
  readonly memoryBytes: number
  readonly budgetBytes: number
  readonly models: readonly { readonly id: string; readonly name: string; readonly memoryBytes: number; readonly leases: number }[]
}

/** What a model takes in memory, in bytes. */
export interface ModelMemory {
  readonly id: string
  /** weights, and contexts whether they are used right now or kept for the next prompt that begins alike */
  readonly memoryBytes: number
  /** weights and the largest context that was in use since it is there: with less than that no call gets on */
  readonly neededBytes: number
}

export type ToHost =
  | { readonly type: 'configure'; readonly settings: HostSettings }
  | { readonly type: 'call'; readonly id: number; readonly method: HostMethod; readonly args: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'release'; readonly id: number; readonly answer: TokenAnswer }
  | { readonly type: 'close' }

export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'beat' }
  /** all models in memory and what they take, whenever that changes */
  | { readonly type: 'memory'; readonly models: readonly ModelMemory[] }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorReport }
  | { readonly type: 'cancelled'; readonly id: number }
  | { readonly type: 'event'; readonly id: number; readonly event: ModelEvent }
  | { readonly type: 'token'; readonly id: number; readonly delta: TokenDelta }
  | { readonly type: 'held'; readonly id: number; readonly held: HeldToken; readonly reason: string }
