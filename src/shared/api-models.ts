import type { ModelContext } from './context-memory/model-shape'
import type { ErrorReport } from './errors'
import type { Json } from './json'
import type { ModelNeed } from './node-spec'
import type { ModelRef } from './value'

/** What the methods of the contract (`api.ts`) give about models: plain data, drawn as it is. */

export interface ModelCard {
  /** absent while not downloaded */
  readonly sha256?: string
  /** id in the catalogue, for shipped and downloadable models */
  readonly catalog?: string
  readonly name: string
  readonly state: 'present' | 'absent' | 'pulling' | 'missing' | 'corrupt'
  readonly ref?: ModelRef
  readonly toy: boolean
  /** came from a file and was never loaded here: its first load asks */
  readonly asksFirst?: boolean
  readonly description: string
  readonly architecture: string
  readonly parameters: string
  readonly quantization: string
  readonly sizeBytes: number
  readonly contextTokens?: number
  readonly context?: ModelContext
  readonly vocabulary?: string
  readonly vocabularySize?: number
  readonly hasChatTemplate?: boolean
  readonly licence: string
  readonly goodFor: readonly ModelNeed[]
  readonly source: string
  /** graphs that name it */
  readonly usedBy: readonly string[]
  /** a merge of ours: `graphs.openRecipe` opens the graph that made it */
  readonly recipe?: Json
  readonly measured?: {
    readonly loadMs: number
    readonly memoryBytes: number
    /** without contexts that were only kept for later */
    readonly neededBytes?: number
    readonly tokensPerSecond?: number
  }
  readonly error?: ErrorReport
}

/** Of a model from a file that was never loaded here, for the question whether it may be: `details.models` of `model-unknown`. */
export interface UnknownModel {
  readonly sha256: string
  readonly name: string
  readonly sizeBytes: number
  readonly path: string
  readonly architecture: string
  readonly licence?: string | undefined
}

/** A model's chat template, and what is done with it. */
export interface TemplateReport {
  /** absent: the file has none */
  readonly own?: {
    readonly hash: string
    readonly text: string
    /** whose published template it is */
    readonly family?: string
    /** unknown, and the person lets it run */
    readonly accepted: boolean
    /** what is odd about it; of a template that cannot be read, that */
    readonly flags: readonly { readonly kind: string; readonly what: string }[]
    /** a short chat as it writes it; what it refuses with, where it does */
    readonly sample: string
  }
  /** the built-in form that the vocabulary was made for */
  readonly wrapper: string
  /** the same chat in that form */
  readonly wrapperSample: string
  readonly used: 'own' | 'wrapper'
}

/** A folder of the person whose models are in the library where they lie. */
export interface WatchedFolder {
  readonly path: string
  /** false: it is not there now, as a disk that is not plugged in */
  readonly present: boolean
  readonly models: number
}

/** A model that is in memory now. */
export interface LoadedModel {
  readonly id: string
  readonly name: string
  readonly memoryBytes: number
  readonly busy: boolean
  /** since it was last used, as far as anybody looked */
  readonly idleMs: number
}

export interface PullProgress {
  readonly id: string
  readonly state: 'waiting' | 'downloading' | 'checking' | 'converting' | 'done' | 'failed' | 'cancelled'
  readonly doneBytes: number
  readonly totalBytes: number
  readonly source: string
  readonly secondsLeft?: number
  readonly error?: ErrorReport
}

export interface Compatibility {
  readonly a: string
  readonly b: string
  readonly merge: { readonly ok: boolean; readonly reason: string }
  readonly mix: { readonly ok: boolean; readonly reason: string }
  /** where they cannot be mixed as they are: once their vocabularies are aligned */
  readonly align: { readonly ok: boolean; readonly reason: string }
  readonly draft: { readonly ok: boolean; readonly reason: string }
}
