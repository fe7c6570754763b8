import type { InternalNode } from '@xyflow/react'
import { canConnect } from '../../shared/graph/can-connect'
import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { connect, disconnect, rewire } from '../../shared/graph/edit'
import { openPaletteAt } from '../panels/open-palette'
import type { App } from '../state/app'
import { holding, letGo } from '../state/holding'
import { edit, type Session } from '../state/session'
import { type HeldWire, type Point, toast } from '../state/view'
import { bestPort, compatiblePorts, kindAt, portKey } from './connecting'
import { endOf, type FlowNode } from './flow-mapping'

/** From the hand to the document: a wire is pulled, carried, snapped, and let go. */

export const snapRadius = 24
const onPort = 7

/** A port as it was pressed. */
export interface Grip {
  readonly node: string
  readonly handle: string
  readonly side: 'in' | 'out'
}

const dragThreshold = 3

/** Follows the pointer from a pressed port until it is let go. Esc drops the wire and changes nothing. */
export function startHolding(app: App, session: Session, grip: Grip, down: PointerEvent): void {
  if (down.button !== 0 || session.document.getState().readOnly) return
  const move = (event: PointerEvent) => {
    if (!holding.getState().held) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < dragThreshold) return
      takeUp(app, session, grip)
    }
    follow(app, event)
  }
  const end = (event: PointerEvent) => {
    stop()
    if (holding.getState().held) endHolding(app, session, { x: event.clientX, y: event.clientY })
  }
  const cancel = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    stop()
    letGo()
  }
  const stop = () => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', end)
    window.removeEventListener('pointercancel', end)
    window.removeEventListener('keydown', cancel, true)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', end)
  window.addEventListener('pointercancel', end)
  window.addEventListener('keydown', cancel, true)
}

function takeUp(app: App, session: Session, { node, handle, side: pressed }: Grip): void {
  const { document } = session.document.getState()
  const { specs } = app.catalog.getState()
  const end = endOf(node, handle)
  const detached = pressed === 'in' ? wireInto(document, end) : undefined
  const side = detached || pressed === 'out' ? 'from' : 'to'
  const heldEnd = detached ? detached.from : end
  const held: HeldWire = { end: heldEnd, side, kind: kindAt(document, specs, heldEnd, side) ?? 'any' }
  holding.setState({ held, detached, compatible: compatiblePorts(document, specs, held), snap: undefined })
  app.view.setState({ overlay: { type: 'none' } })
}

function follow(app: App, event: PointerEvent): void {
  const { canvas } = app
  if (!canvas) return
  const pointer = canvas.toFlow({ x: event.clientX, y: event.clientY })
  const snap = nearestPort(canvas.internals(), pointer, canvas.zoom())
  const same = snap?.key === holding.getState().snap?.key
  holding.setState(same ? { pointer } : { pointer, snap })
}

/** The wire that ends here; of several, the last one. */
function wireInto(document: GraphDocument, end: string): { from: string; to: string } | undefined {
  if (end.startsWith('=')) {
    const from = document.interface.outputs[end.slice(1)]?.from
    return from === undefined ? undefined : { from, to: end }
  }
  const at = parseEndpoint(end)
  return document.wires.findLast((wire) => {
    const to = parseEndpoint(wire.to)
    return to?.node === at?.node && to?.port === at?.port
  })
}

/** The nearest port that fits, within 24 px of the pointer; none while the pointer is right on one that does not, so that dropping there can be refused. Works on what React Flow measured, never on the DOM: it is asked on every move. */
export function nearestPort(
  nodes: Iterable<InternalNode<FlowNode>>,
  pointer: Point,
  zoom: number,
): { key: string; end: string; at: Point } | undefined {
  const { held, compatible } = holding.getState()
  if (!held) return undefined
  const radius = snapRadius / zoom
  let best: { key: string; end: string; at: Point; distance: number } | undefined
  for (const node of nodes) {
    const { x, y } = node.internals.positionAbsolute
    const { width = 0, height = 0 } = node.measured
    if (pointer.x < x - radius || pointer.x > x + width + radius || pointer.y < y - radius || pointer.y > y + height + radius) continue
    const bounds = node.internals.handleBounds
    for (const handle of (held.side === 'from' ? bounds?.target : bounds?.source) ?? []) {
      const key = portKey(node.id, handle.id ?? '')
      const at = { x: x + handle.x + handle.width / 2, y: y + handle.y + handle.height / 2 }
      const distance = Math.hypot(at.x - pointer.x, at.y - pointer.y)
      if (!compatible.has(key)) {
        if (distance <= onPort / zoom) return undefined
        continue
      }
      if (distance <= radius && (!best || distance < best.distance)) best = { key, end: endOf(node.id, handle.id), at, distance }
    }
  }
  return best
}

export function endHolding(app: App, session: Session, screen: Point): void {
  const { held, detached, snap } = holding.getState()
  letGo()
  if (!held) return
  const { document } = session.document.getState()
  const { specs } = app.catalog.getState()
  const under = portUnder(screen)
  const nodeUnder = under ? undefined : cardUnder(screen)
  const target = snap?.end ?? under?.end ?? (nodeUnder ? bestPort(document, specs, nodeUnder, held) : undefined)
  if (target !== undefined) {
    join(app, session, held, detached, target, screen)
    return
  }
  if (nodeUnder && nodeUnder !== parseEndpoint(held.end)?.node) {
    toast(app.view, 'info', 'No port of this node takes that wire.', { hint: 'Drop it on the empty canvas to see what does.' })
    return
  }
  if (nodeUnder) return
  if (detached) {
    edit(session, 'Remove wire', (before) => disconnect(before, { wires: [detached] }))
    return
  }
  openPaletteAt(app, screen, { held })
}

/** Connects, rewires, or says why not. */
export function join(
  app: App,
  session: Session,
  held: HeldWire,
  detached: { readonly from: string; readonly to: string } | undefined,
  target: string,
  screen: Point,
): void {
  const { specs } = app.catalog.getState()
  const from = held.side === 'from' ? held.end : target
  const to = held.side === 'from' ? target : held.end
  if (detached && sameEnd(detached.to, to)) return
  const { document } = session.document.getState()
  const free = detached ? disconnect(document, { wires: [detached] }).document : document
  const answer = canConnect(free, free, specs, from, to)
  if (!answer.ok) {
    const refusal = {
      screen,
      at: app.canvas?.toFlow(screen) ?? { x: 0, y: 0 },
      from,
      to,
      reason: answer.reason,
      ...(answer.converter ? { converter: answer.converter } : {}),
    }
    app.view.setState({ overlay: { type: 'refusal', refusal } })
    return
  }
  edit(session, detached ? 'Move wire' : 'Connect', (before) =>
    detached ? rewire(before, { wire: detached, from, to: answer.to }) : connect(before, { from, to: answer.to }),
  )
}

function sameEnd(a: string, b: string): boolean {
  const one = parseEndpoint(a)
  const two = parseEndpoint(b)
  return one?.node === two?.node && one?.port === two?.port
}

/** The port under the pointer; where the grips of two overlap, the one whose middle is nearer. */
function portUnder(screen: Point): { end: string } | undefined {
  const distance = (element: Element) => {
    const box = element.getBoundingClientRect()
    return Math.hypot(box.x + box.width / 2 - screen.x, box.y + box.height / 2 - screen.y)
  }
  const [handle] = document
    .elementsFromPoint(screen.x, screen.y)
    .filter((element) => element.classList.contains('port'))
    .sort((a, b) => distance(a) - distance(b))
  const node = handle?.getAttribute('data-nodeid')
  return handle && node ? { end: endOf(node, handle.getAttribute('data-handleid')) } : undefined
}

function cardUnder(screen: Point): string | undefined {
  const card = document.elementsFromPoint(screen.x, screen.y).find((element) => element.classList.contains('react-flow__node'))
  const id = card?.getAttribute('data-id')
  return id && !id.startsWith('frame:') && !id.startsWith('note:') ? id : undefined
}
