import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { ModelRef } from '../../shared/value'
import type { Breaks } from './breaks'
import type { EventLog } from './event-log'
import type { Gates } from './gates'
import type { Clock, ExecutorParts, NodeExec, OutputRefs, StoredValue } from './interfaces'
import type { RunOptions } from './run-request'
import type { StopSwitch } from './stop-switch'
import type { UnitResult } from './unit'

/** What all nodes of one run share. */
export interface RunState {
  readonly id: string
  readonly document: GraphDocument
  readonly specs: NodeSpecs
  readonly parts: ExecutorParts
  readonly options: RunOptions
  readonly seed: number
  readonly clock: Clock
  readonly gates: Gates
  readonly log: EventLog
  readonly breaks: Breaks
  readonly stop: StopSwitch
  readonly totals: Totals
  /** stored values, those that wait for the next commit included */
  readonly values: { get(sha: string): StoredValue }
  /** models by alias, resolved when first needed */
  readonly models: Map<string, ModelRef>
  /** what is being computed right now, by key */
  readonly inFlight: Map<string, Promise<UnitResult>>
  /** the interrupted run that this one continues, and what became of its nodes: `node iteration` → the last attempt, or the one that was done */
  readonly resumed?: { readonly run: string; readonly execs: ReadonlyMap<string, NodeExec> }
  /** what nodes gave in the past run that `from` and `only` take values from */
  readonly earlier: { readonly run: string; readonly outputs: ReadonlyMap<string, OutputRefs> }
  /** nodes at the top that run whatever the cache says */
  readonly forced: ReadonlySet<string>
  /** places of nodes that wrote a token which a person chose */
  readonly guided: Set<string>
  /** key of the last result of the node at this path, for the reason of a miss */
  lastKey(path: string): string | undefined
}

/** Counts over all nodes, for the last event. */
export interface Totals {
  ran: number
  hits: number
}
