import type { App } from '../state/app'
import { activeSession } from '../state/app'
import type { PaletteRequest, Point } from '../state/view'

/** Opens the list of nodes at a point of the window; the node will stand there, unless another place of the canvas is named. */
export function openPaletteAt(app: App, screen: Point, more: Partial<Pick<PaletteRequest, 'at' | 'held' | 'splice' | 'chain'>> = {}): void {
  if (!activeSession(app) || activeSession(app)?.document.getState().readOnly) return
  const at = app.canvas?.toFlow(screen) ?? { x: 0, y: 0 }
  app.view.setState({ overlay: { type: 'palette', request: { screen, at, ...more } } })
}
