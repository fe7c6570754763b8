import type { ErrorReport } from '../../shared/errors'
import type { GraphDocument, ModelAlias } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { NodeSpec } from '../../shared/node-spec'
import type { RunEvent, RunStatus, RunTotals } from '../../shared/run/events'
import type { ModelRef } from '../../shared/value'
import type { WireKind } from '../../shared/wire'
import type { ModelPool } from '../models/model'
import type { NodeDefinition, Resources, WeightsRuntime } from '../node-runtime'

/** What the executor is handed. The store, the catalog and the model pool of the application fit as they are. */
export interface ExecutorParts {
  readonly catalog: { specs(): readonly NodeSpec[]; get(type: string): NodeDefinition | undefined }
  readonly store: RunStore
  readonly models: ModelAccess
  readonly resources: Resources
  readonly weights: WeightsRuntime
  /** what numbers depend on besides files and params: device class and engine build; part of the key of nodes that use models */
  readonly runtimeClass?: () => string
  readonly device?: () => string
  readonly limits?: Partial<ResourceLimits>
  readonly clock?: Clock
}

/** How many nodes of each resource class may run at once. */
export interface ResourceLimits {
  readonly cpu: number
  readonly io: number
  readonly model: number
  readonly merge: number
}

export interface Clock {
  /** milliseconds since 1970 */
  now(): number
  /** uint32 */
  random(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export interface ModelAccess {
  readonly pool: ModelPool
  /** The file or backend behind an alias of the graph. Throws `model-missing`, `model-changed`. */
  resolve(alias: ModelAlias, name: string): ModelRef
  /** Is the file of this model still there? Without it every stored model counts as there. */
  isPresent?(ref: ModelRef): boolean
  readonly residency?: Residency
}

/** What the pool knows of memory. Without it every plan fits and no model is preferred. */
export interface Residency {
  isLoaded(id: string): boolean
  /** May these models be in memory together? `neededBytes` is the estimate for all of them. */
  fit(models: readonly ModelRef[]): { readonly fits: boolean; readonly neededBytes: number; readonly budgetBytes: number }
  /** Holds memory for these models until the returned function is called; waits while others hold it. */
  lease(models: readonly ModelRef[], signal: AbortSignal): Promise<() => void>
  /** These models leave memory as soon as no call uses them; whoever needs one later loads it again. */
  free?(models: readonly ModelRef[]): Promise<void>
  /** From now on keeps the most bytes that models take together. */
  watchPeak?(): { readonly bytes: () => number; readonly end: () => void }
}

export interface OutputRef {
  readonly kind: WireKind
  readonly list: boolean
  readonly sha: string
  readonly sizeBytes: number
  readonly preview: Json
}
export type OutputRefs = Readonly<Record<string, OutputRef>>

export interface NewValue {
  readonly sha: string
  readonly kind: WireKind
  readonly list: boolean
  readonly json: string
  readonly mentions: readonly string[]
}

export interface StoredValue {
  readonly kind: WireKind
  readonly list: boolean
  readonly sizeBytes: number
  readonly data: unknown
  readonly mentions: readonly string[]
}

export interface NewResult {
  readonly key: string
  readonly parts: string
  readonly outputs: OutputRefs
  readonly run: string
  readonly node: string
}

export interface CachedResult {
  readonly outputs: OutputRefs
  readonly run: string
  readonly createdAt: number
  readonly usedAt: number
}

export interface NodeExec {
  readonly node: string
  readonly iteration: number
  readonly attempt: number
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  readonly key?: string
  /** only of items of nodes that are not cached; otherwise the result or the events keep them */
  readonly outputs?: OutputRefs
  readonly error?: ErrorReport
}

export interface RunEnd {
  readonly status: RunStatus
  readonly endedAt: number
  readonly exit: number
  readonly error?: ErrorReport
  readonly outputs: OutputRefs
  readonly totals: RunTotals
  readonly pinned?: readonly string[]
}

export interface RunBatch {
  readonly events: readonly RunEvent[]
  readonly execs: readonly NodeExec[]
  readonly values: readonly NewValue[]
  readonly results: readonly NewResult[]
  readonly touched: readonly string[]
  readonly end?: RunEnd
}

export interface NewRun {
  readonly id: string
  readonly document: GraphDocument
  readonly inputs: Json
  readonly options: Json
  readonly seed: number
  readonly startedAt: number
  readonly resumes?: string
  readonly batch?: string
}

/** The part of the store that a run reads and writes. All calls are synchronous; `commit` is durable when it returns. */
export interface RunStore {
  readonly runs: {
    begin(run: NewRun): void
    commit(run: string, batch: RunBatch): void
    get(id: string): {
      readonly status: RunStatus | 'running'
      readonly seed: number
      readonly inputs: Json
      readonly options: Json
      readonly graph: string
    }
    document(id: string): GraphDocument
    execs(id: string): readonly NodeExec[]
    outputs(id: string): ReadonlyMap<string, OutputRefs>
    events(id: string, since?: number): readonly RunEvent[]
    latest(graph: string, limit: number): readonly string[]
  }
  readonly values: { get(sha: string): StoredValue; has(sha: string): boolean }
  readonly results: { find(key: string): CachedResult | undefined; partsOf(key: string): Json | undefined; remove(key: string): void }
  readonly blobs: {
    put(bytes: Uint8Array): string
    get(sha: string): Uint8Array
    path(sha: string): string
    fill?(bytes: number, write: (path: string) => Promise<void>): Promise<string>
  }
}
