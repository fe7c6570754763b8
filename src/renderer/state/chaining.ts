import { formatEndpoint } from '../../shared/graph/document'
import { portsOf } from '../../shared/graph/ports'
import { outputAt, sizeOf } from '../canvas/flow-mapping'
import { openPaletteAt } from '../panels/open-palette'
import type { App } from './app'
import { activeSession } from './app'
import { type Session, shownIn } from './session'
import type { HeldWire, PaletteRequest, Point } from './view'

/** Adding one node after another, each wired to the one before. */

/** The first output of a node, as a wire in the hand. */
export function firstOutput(app: App, session: Session, id: string): HeldWire | undefined {
  const document = shownIn(session)
  const { specs } = app.catalog.getState()
  if (id.startsWith('@')) return { end: id, side: 'from', kind: outputAt(document, specs, id, '')?.wire ?? 'any' }
  const node = document.nodes[id]
  const spec = node ? specs.get(node.type) : undefined
  const first = node && spec ? [...portsOf(node, spec, document).outputs.values()][0] : undefined
  return first ? { end: formatEndpoint({ node: id, port: first.name }), side: 'from', kind: first.wire } : undefined
}

export function beside(session: Session, id: string): Point | undefined {
  const node = session.flow.getState().nodes.find((candidate) => candidate.id === id)
  return node ? { x: node.position.x + sizeOf(node).width + 80, y: node.position.y } : undefined
}

let last: { readonly session: Session; readonly node: string } | undefined

/** Ctrl was let go: the next node begins a chain of its own. */
export const endChain = (): void => {
  last = undefined
}

/** Ctrl+click on the empty canvas: the list of nodes, with the wire of the node added last in the hand while Ctrl has been held since. */
export function quickAdd(app: App, screen: Point): void {
  const session = activeSession(app)
  if (!session) return
  const held = last?.session === session ? firstOutput(app, session, last.node) : undefined
  openPaletteAt(app, screen, { chain: true, ...(held ? { held } : {}) })
  window.addEventListener('keyup', (event) => (event.key === 'Control' || event.key === 'Meta') && endChain(), { once: true })
}

/** A node was added in a chain: the request for the next one, to its right. */
export function nextInChain(app: App, session: Session, node: string, request: PaletteRequest): PaletteRequest {
  last = { session, node }
  const held = firstOutput(app, session, node)
  const { held: _, ...rest } = request
  return { ...rest, at: beside(session, node) ?? request.at, ...(held ? { held } : {}) }
}
