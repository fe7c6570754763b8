import type { Held } from './held'
import type { Outputs } from './outputs'
import type { Prepared } from './prepare'
import type { RunState } from './run-state'
import type { StopSwitch } from './stop-switch'
import type { MutableUsage } from './usage'

/** Where in a run a body is being run: the top, or inside containers. */
export interface Scope {
  readonly run: RunState
  /** stops this body and what is inside it; the run's own switch at the top */
  readonly stop: StopSwitch
  /** ids and item numbers of the containers around, each followed by a slash; empty at the top */
  readonly prefix: string
  /** the same without item numbers: where in the graph this is, whatever the item */
  readonly place: string
  /** the part of `prefix` that changes the seeds inside: everything when a map or loop is around, else empty */
  readonly itemPath: string
  /** sum over the nodes that ran in this body */
  readonly usage: MutableUsage
  /** how a body is run: what a container runs the graph inside it with */
  readonly runBody: RunBody
}

/** Runs the steps of a body on the values of its inputs, and gives the outputs of its interface that have a value. */
export type RunBody = (scope: Scope, prepared: Prepared, inputs: ReadonlyMap<string, Held>) => Promise<Outputs>
