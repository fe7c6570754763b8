import type { BatchOutcome, BatchStatus } from '../../shared/batch/cells'
import type { BatchDefinition } from '../../shared/batch/definition'
import type { MetricSummary } from '../../shared/batch/summary'
import type { ErrorReport } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { JsonObject } from '../../shared/json'
import type { RosterTable } from './roster'

/** What this room is handed. The store and the executor of the application fit as they are. */
export interface BatchParts {
  readonly store: BatchStore
  readonly specs: NodeSpecs
  /** Throws when the document has problems or its models are not here. */
  readonly check: (document: GraphDocument) => Promise<void>
  readonly startRun: (request: {
    readonly document: GraphDocument
    readonly inputs: Readonly<Record<string, unknown>>
    readonly options: { readonly seed: number; readonly batch: string }
  }) => Promise<ItemRun>
  readonly newId: (prefix: string) => string
  /** how this process is called in the list of workers */
  readonly worker: { readonly kind: string; readonly pid: number; readonly machine: string }
  readonly now?: () => number
}

export interface ItemRun {
  readonly id: string
  stop(): void
  readonly done: Promise<{
    readonly status: 'done' | 'failed' | 'stopped'
    readonly error?: ErrorReport
    readonly outputs: BatchOutcome['outputs']
    readonly totals: { readonly wallMs: number; readonly tokens: number; readonly decodeMs: number }
  }>
}

export interface StoredBatch {
  readonly id: string
  readonly dataset: string
  readonly rows: number
  readonly definition: BatchDefinition
  readonly status: BatchStatus
}

export interface BatchStore {
  readonly workers: RosterTable
  readonly values: { get(sha: string): { readonly data: unknown } }
  readonly datasets: {
    keep(dataset: { readonly name: string; readonly columns: readonly string[]; readonly rows: readonly JsonObject[] }): string
    row(hash: string, row: number): JsonObject
  }
  readonly batches: {
    create(batch: {
      readonly id: string
      readonly document: GraphDocument
      readonly dataset: string
      readonly rows: number
      readonly definition: BatchDefinition
    }): void
    get(id: string): StoredBatch
    document(id: string): GraphDocument
    claim(id: string): void
    setStatus(id: string, status: BatchStatus, summary?: readonly MetricSummary[]): void
    record(id: string, outcome: BatchOutcome): boolean
    outcomes(id: string): readonly BatchOutcome[]
    outcome(id: string, item: number): BatchOutcome | undefined
    forgetFailures(id: string, items?: readonly number[]): number
  }
}
