import type { ErrorReport } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { Pins, WireBreak } from '../../shared/run/control'
import type { PlannedNode, RunEvent, RunStatus, RunTotals } from '../../shared/run/events'
import type { TokenBreak } from '../../shared/run/token-break'
import type { ModelRef } from '../../shared/value'
import type { BreakSettings } from './breaks'
import type { OutputRefs } from './interfaces'

export interface RunOptions {
  /** run to these nodes only (and what they need); absent: everything that an output of the graph asks for, or all nodes of a graph without outputs */
  readonly to?: readonly string[]
  /** run this node and what follows on the values of `fromRun` */
  readonly from?: readonly string[]
  /** the past run whose values `from` and `only` take; absent: the last run of the graph */
  readonly fromRun?: string
  /** run these nodes only, on the values of `fromRun` */
  readonly only?: readonly string[]
  /** uint32; absent: drawn */
  readonly seed?: number
  readonly cache?: 'use' | 'ignore'
  /** nodes that run again whatever the cache says */
  readonly refresh?: readonly string[]
  /** model by alias, instead of the one that the graph names */
  readonly models?: Readonly<Record<string, ModelRef>>
  readonly timeoutMs?: number
  /** the batch that this run is an item of; lists of runs leave such out */
  readonly batch?: string
  /** values that a person pinned, by place of the node and output; a node whose outputs are all pinned does not run */
  readonly pins?: Pins
  /** places of nodes before which the run pauses */
  readonly breakpoints?: readonly string[]
  readonly wireBreaks?: readonly WireBreak[]
  readonly tokenBreaks?: readonly TokenBreak[]
  /** nodes that change the world are left out */
  readonly preview?: boolean
  /** which variant of a forked param this run is; kept with the run, and the document says it already */
  readonly variant?: RunVariant
}

export interface RunVariant {
  /** the runs that were started together */
  readonly group: string
  /** A, B, C, … */
  readonly label: string
  /** the graph inside that the node stands in */
  readonly scope?: string
  readonly node: string
  readonly param: string
  readonly value: Json
}

export interface RunRequest {
  readonly document: GraphDocument
  /** data of the interface inputs, by name */
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly options?: RunOptions
}

export interface RunOutcome {
  readonly status: RunStatus
  readonly exit: number
  readonly error?: ErrorReport
  /** the interface outputs that have a value; `executor.value(ref.sha)` gives the data */
  readonly outputs: OutputRefs
  /** nodes with pinned outputs, or with a token that a person chose */
  readonly pinned?: readonly string[]
  readonly totals: RunTotals
}

export interface RunHandle {
  readonly id: string
  readonly seed: number
  /** Committed events from `since` on, those to come included; ends after `run.end`. */
  events(since?: number): AsyncIterable<RunEvent>
  /**
   * Told of each committed batch, in order. Returns a function that ends it. Earlier events are in the store; with `since` they are told first, from there on: where
   * the processor is busy, a run has committed its first events before whoever started it can listen.
   */
  subscribe(listener: (events: readonly RunEvent[]) => void, since?: number): () => void
  /** Lets all that waits at a breakpoint go on. */
  resume(): void
  /** Lets what has waited longest go on; what comes to its turn next pauses. */
  step(): void
  /** What the node at this path, held before a token, writes instead once it goes on; `undefined`: what was drawn. */
  choose(path: string, choice: string | undefined): void
  /** Other breakpoints from now on: see `Breaks.set`. */
  setBreaks(settings: BreakSettings): void
  /** Stops within one token; the run ends as `stopped` and can be resumed. */
  stop(): void
  /** Never rejects. */
  readonly done: Promise<RunOutcome>
}

/** What would happen, and why; nothing is loaded. */
export interface PlanPreview {
  readonly nodes: readonly PlannedNode[]
  /** models by node, as far as the graph names them */
  readonly models: readonly { readonly ref: ModelRef; readonly nodes: readonly string[] }[]
}
