import { createStore } from 'zustand/vanilla'
import type { GraphVersion } from '../../shared/api'
import type { DiffOverlay } from '../../shared/graph/diff-overlay'
import type { Session } from './session'

/** What is looked at instead of the graph as it is now: one version, or two as one with their differences marked. A run of the past is in the run store. */
export interface Past {
  readonly version?: GraphVersion
  readonly diff?: ShownDiff
}

export interface ShownDiff {
  /** what each side is called */
  readonly from: string
  readonly to: string
  readonly overlay: DiffOverlay
}

export type PastStore = ReturnType<typeof createPastStore>
export const createPastStore = () => createStore<Past>(() => ({}))

export function isPast(session: Pick<Session, 'past' | 'run'>): boolean {
  const { version, diff } = session.past.getState()
  return version !== undefined || diff !== undefined || session.run.getState().asOf !== undefined
}
