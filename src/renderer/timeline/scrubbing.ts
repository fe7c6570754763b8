import { type Replay, replayOf, stateAt } from '../../shared/run/replay'
import type { App } from '../state/app'
import type { Session } from '../state/session'
import { toastError } from '../state/view'

/** Moving through a run: the canvas and every panel show the fold of its events up to a moment, because they read nothing else. */

const replays = new WeakMap<Session, { readonly run: string; readonly replay: Replay }>()

async function replayOfShown(app: App, session: Session): Promise<Replay | undefined> {
  const { id, live } = session.run.getState()
  if (id === undefined || live) return undefined
  const known = replays.get(session)
  if (known?.run === id) return known.replay
  const replay = replayOf(await app.client.call('runs.events', { run: id, since: 0 }))
  replays.set(session, { run: id, replay })
  return replay
}

/** Shows the run as it was `t` milliseconds after its start. */
export async function scrubTo(app: App, session: Session, t: number): Promise<void> {
  const { live, id } = session.run.getState()
  if (live || id === undefined) return
  session.run.setState(({ state, whole }) => ({ moment: t, whole: whole ?? state }))
  try {
    const replay = await replayOfShown(app, session)
    // Meanwhile the hand may have moved on, or the run been left.
    if (replay && session.run.getState().moment === t) session.run.setState({ state: stateAt(replay, t) })
  } catch (error) {
    toastError(app.view, error)
  }
}

/** Back to the whole run. */
export function endScrub(session: Session): void {
  const { whole } = session.run.getState()
  if (whole) session.run.setState({ state: whole, whole: undefined, moment: undefined })
}

const longestPlayMs = 12_000

/** Plays a run from `from` to its end, in its own time or, where it was long, in twelve seconds. Returns how it is stopped. */
export function play(app: App, session: Session, from: number, end: number, onStop: () => void): () => void {
  const speed = Math.max(1, (end - from) / longestPlayMs)
  const begun = performance.now()
  let stopped = false
  const step = (now: number) => {
    if (stopped) return
    const t = from + (now - begun) * speed
    if (t >= end) {
      endScrub(session)
      onStop()
      return
    }
    void scrubTo(app, session, t).then(() => requestAnimationFrame(step))
  }
  void scrubTo(app, session, from).then(() => requestAnimationFrame(step))
  return () => {
    stopped = true
  }
}
