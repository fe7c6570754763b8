import type { RunEvent } from './events'
import { foldEvents, noRun, type RunState } from './fold'

/** The log of a run, made ready to be looked at in any moment: what a screen showed at `t` is the fold of the events up to `t`. */
export interface Replay {
  readonly events: readonly RunEvent[]
  /** states after 0, `stride`, 2·`stride`, … events: a state shares what did not change, so keeping these costs little */
  readonly checkpoints: readonly RunState[]
}

const stride = 128

export function replayOf(events: readonly RunEvent[]): Replay {
  const checkpoints: RunState[] = [noRun]
  for (let at = 0; at + stride <= events.length; at += stride)
    checkpoints.push(foldEvents(events.slice(at, at + stride), checkpoints.at(-1) ?? noRun))
  return { events, checkpoints }
}

/** The state at `t` milliseconds after the start, the events of that moment included; a fold of at most `stride` events. */
export function stateAt({ events, checkpoints }: Replay, t: number): RunState {
  const count = countUpTo(events, t)
  const from = Math.floor(count / stride)
  return foldEvents(events.slice(from * stride, count), checkpoints[from] ?? noRun)
}

/** Events are stamped in order of their numbers. */
function countUpTo(events: readonly RunEvent[], t: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.t ?? 0) <= t) low = middle + 1
    else high = middle
  }
  return low
}
