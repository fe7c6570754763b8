import type { Path } from '../../shared/graph/focus'
import type { App } from './app'
import { shownPath } from './document'
import type { Session } from './session'
import type { Viewport } from './viewports'

/** Places that a person came from by a leap (into a container, to a found node, fit), to go back to and forward again. Not kept with the graph. */
export interface Place {
  readonly path: Path
  readonly viewport: Viewport
}
export interface Visits {
  past: readonly Place[]
  future: readonly Place[]
}
export const createVisits = (): Visits => ({ past: [], future: [] })

const most = 50

const here = (app: App, session: Session): Place => ({
  path: shownPath(session.document.getState()),
  viewport: app.canvas?.viewport() ?? { x: 0, y: 0, zoom: 1 },
})

/** Remembers where the canvas stands, before a leap. */
export function remember(app: App, session: Session): void {
  session.visits.past = [...session.visits.past, here(app, session)].slice(-most)
  session.visits.future = []
}

/** To the place before, or after, the present one. False where there is none. */
export function goAlong(app: App, session: Session, direction: 'back' | 'forward'): boolean {
  const { past, future } = session.visits
  const next = direction === 'back' ? past.at(-1) : future.at(-1)
  if (!next) return false
  const now = here(app, session)
  session.visits.past = direction === 'back' ? past.slice(0, -1) : [...past, now]
  session.visits.future = direction === 'back' ? [...future, now] : future.slice(0, -1)
  session.viewports.keep(now.path, now.viewport)
  session.viewports.keep(next.path, next.viewport)
  const same = next.path.length === now.path.length && next.path.every((step, i) => step.subgraph === now.path[i]?.subgraph)
  if (same) app.canvas?.setViewport(next.viewport)
  else session.document.setState({ path: next.path })
  return true
}
