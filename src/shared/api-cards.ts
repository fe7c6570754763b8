import type { BatchDefinition } from './batch/definition'
import type { ErrorReport } from './errors'
import type { GraphDocument } from './graph/document'
import type { History } from './graph/history'
import type { Issue } from './graph/issue'
import type { Json } from './json'
import type { RunStatus } from './run/events'
import type { TokenLists, TraceOutline } from './trace/trace'
import type { WireKind } from './wire'

/** What the methods of the contract (`api.ts`) give and the house tells by itself: plain data, drawn as it is. */

/** A published subgraph: its newest version, and what it takes and gives. */
export interface LibraryEntry {
  readonly graph: string
  readonly name: string
  readonly summary: string
  readonly version: number
  readonly nodes: number
  readonly inputs: { readonly [name: string]: WireKind }
  readonly outputs: { readonly [name: string]: WireKind }
}
export interface SystemInfo {
  readonly version: string
  readonly platform: string
  readonly door: 'window' | 'browser'
  readonly device: string
  readonly memoryBytes: { readonly total: number; readonly free: number; readonly budget: number }
  readonly dataFolder: string
  /** folders that `serve --root` opened to this browser */
  readonly roots: readonly string[]
  /** whether the process that holds the models could reach the network */
  readonly modelsHaveNetwork: boolean
  readonly llamaCpp: string
}

export interface GraphCard {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly updatedAt: number
  readonly nodes: number
  readonly lastRun?: { readonly id: string; readonly status: RunStatus | 'running'; readonly at: number }
}

export interface OpenedGraph {
  readonly document: GraphDocument
  readonly revision: number
  /** what the loader had to say */
  readonly issues: readonly Issue[]
  /** the last steps that led here, to be taken back in a later session too */
  readonly history?: History
}

export interface GraphVersion {
  readonly version: number
  readonly name: string
  readonly at: number
  readonly semanticHash: string
  readonly automatic: boolean
  /** what is new in it, in words */
  readonly summary: string
  /** the window, tab or command that made it */
  readonly author: string
}

export interface TemplateCard {
  readonly id: string
  readonly title: string
  readonly summary: string
  /** when it helps and what it costs, Markdown */
  readonly note: string
  /** what a person sees on the toys, in a sentence */
  readonly expect: string
  /** the published systems that it shows, by name and year */
  readonly papers: readonly string[]
  readonly family: string
  readonly document: GraphDocument
  readonly toys: boolean
  /** about what its models take together at once: measured where they were loaded before, else estimated from the sizes of their files */
  readonly peakBytes: { readonly toys: number; readonly real?: number }
  /** catalogue ids of the real models it can use instead of toys, and their bytes to download */
  readonly realModels: readonly {
    readonly alias: string
    readonly catalog: string
    readonly present: boolean
    readonly downloadBytes: number
  }[]
  readonly systems: readonly string[]
  /** it is shown over this dataset, as a batch */
  readonly batch?: { readonly source: string; readonly definition: BatchDefinition }
}

export type BranchesRun = 'beside' | 'sequence'

export interface BranchesFigures {
  readonly peakBytes: number
  readonly reloads: number
  /** as whole runs took that ran this way; absent where there were none */
  readonly estimatedMs?: number
}

export interface RunPlan {
  readonly steps: readonly { readonly node: string; readonly action: 'run' | 'cached' | 'skip' | 'unknown'; readonly reason: string }[]
  readonly models: readonly {
    readonly name: string
    readonly sizeBytes: number
    readonly memoryBytes: number
    readonly loaded: boolean
    readonly nodes: readonly string[]
  }[]
  /** the steps that hold models, in their order: what each loads, what goes to make room, and the sum while it runs */
  readonly memory: readonly {
    readonly node: string
    readonly loads: readonly string[]
    readonly evicts: readonly string[]
    readonly totalBytes: number
  }[]
  /** models that are loaded a second time because they had to make room */
  readonly reloads: number
  readonly peakBytes: number
  readonly budgetBytes: number
  readonly fits: boolean
  readonly estimatedMs?: number
  /** how branches run, and what it would come to the other way; absent where less than two steps work with models */
  readonly branches?: { readonly chosen: BranchesRun; readonly other: BranchesFigures }
  readonly issues: readonly Issue[]
}

export interface RunCard {
  readonly id: string
  readonly graph: string
  readonly graphName: string
  readonly status: RunStatus | 'running'
  readonly startedAt: number
  readonly wallMs: number
  readonly tokens: number
  readonly peakBytes: number
  readonly outputs: readonly { readonly name: string; readonly preview: string }[]
  readonly error?: ErrorReport
  readonly star: boolean
  readonly tags: readonly string[]
  readonly note: string
  readonly verdict?: 'good' | 'bad'
  readonly seed: number
  readonly resumable: boolean
  /** nodes whose outputs were pinned by hand: its results are not what the graph alone gives */
  readonly pinned: readonly string[]
  /** nodes of which a person chose a token */
  readonly guided: readonly string[]
  /** how often breakpoints or steps held it */
  readonly held: number
  /** the inputs it was given, in short */
  readonly inputs: readonly { readonly name: string; readonly preview: string }[]
  /** of a forked param: which value this run tried */
  readonly variant?: {
    readonly group: string
    readonly label: string
    readonly scope?: string
    readonly node: string
    readonly param: string
    readonly value: Json
  }
}

export interface TraceSlice {
  readonly outline?: TraceOutline
  readonly lists: readonly TokenLists[]
}

export interface ResourceCard {
  readonly id: string
  readonly name: string
  readonly kind: 'folder' | 'file' | 'text' | 'sample'
  readonly location: string
  readonly files: number
  readonly sizeBytes: number
}

export interface FolderEntry {
  readonly name: string
  readonly kind: 'folder' | 'file'
  readonly sizeBytes: number
}

/** A server that speaks the OpenAI protocol. Its key is in an environment variable, which is named here and never read by a window. */
export interface Backend {
  readonly id: string
  readonly url: string
  readonly name: string
  readonly keyVariable?: string
  /** the variable is set where the house runs */
  readonly hasKey: boolean
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark'
  readonly device: string
  readonly threads: number
  readonly memoryBudgetBytes: number
  /** layers of each model on the graphics card; negative: as many as fit */
  readonly gpuLayers: number
  readonly motion: 'full' | 'reduced'
  readonly navigation: 'canvas-first' | 'mouse-first'
  /** a model that is not used for so long is freed; 0: only when another one needs its place */
  readonly unloadAfterMinutes: number
  readonly backends: readonly Backend[]
  /** keys that a person set, by command: alternatives on lines of their own */
  readonly keys: { readonly [command: string]: string }
  readonly [key: string]: Json | readonly unknown[]
}

export interface SystemRow {
  readonly id: string
  readonly name: string
  readonly family: string
  readonly realisedBy: readonly string[]
  readonly demonstration: boolean
}
