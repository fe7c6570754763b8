import type { InternalNode } from '@xyflow/react'
import { canConnect } from '../../shared/graph/can-connect'
import { edited } from '../../shared/graph/diff'
import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { connect, disconnect, rewire } from '../../shared/graph/edit'
import { openPaletteAt } from '../panels/open-palette'
import { plural } from '../parts/format'
import type { App } from '../state/app'
import { growPort } from '../state/editing'
import { type Holding, holding, letGo } from '../state/holding'
import { edit, type Session, shownIn } from '../state/session'
import { type HeldWire, type Point, toast } from '../state/view'
import { bestPort, compatiblePorts, kindAt, portKey } from './connecting'
import { type FlowNode, mapWires } from './flow-mapping'
import { follow } from './following'
import { endOf } from './handles'

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
  follow({
    move: (event) => {
      if (!holding.getState().held) {
        if (!hasMoved(event, down)) return
        if (grip.side === 'out' && down.shiftKey) takeAll(app, session, grip)
        else takeUp(app, session, grip)
      }
      carry(app, event)
    },
    end: (event) => {
      if (holding.getState().held) endHolding(app, session, { x: event.clientX, y: event.clientY })
    },
    cancel: letGo,
  })
}

const hasMoved = (event: PointerEvent, down: PointerEvent) =>
  Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >= dragThreshold

/** Shift+click on a wire: another one from the same output hangs on the pointer, until a drag ends or, after a mere click, until the next click. */
export function startBranch(app: App, session: Session, wire: string, down: PointerEvent): void {
  const data = session.flow.getState().wires.find(({ id }) => id === wire)?.data
  if (!data || session.document.getState().readOnly) return
  hold(app, session, { end: data.from, side: 'from', kind: data.kind })
  carry(app, down)
  const drop = (event: PointerEvent) => endHolding(app, session, { x: event.clientX, y: event.clientY })
  follow({
    move: (event) => carry(app, event),
    end: (event) => {
      if (hasMoved(event, down)) drop(event)
      else follow({ move: (next) => carry(app, next), end: drop, cancel: letGo })
    },
    cancel: letGo,
  })
}

function hold(app: App, session: Session, held: HeldWire, more: Partial<Holding> = {}): void {
  const { specs } = app.catalog.getState()
  holding.setState({
    held,
    detached: undefined,
    moving: [],
    compatible: compatiblePorts(shownIn(session), specs, held),
    snap: undefined,
    ...more,
  })
  app.view.setState({ overlay: { type: 'none' } })
}

/** Shift and a drag on an output: all its wires go along, held by where they end. */
function takeAll(app: App, session: Session, { node, handle }: Grip): void {
  const document = shownIn(session)
  const { specs } = app.catalog.getState()
  const from = endOf(node, handle)
  const moving = mapWires(document, specs, []).flatMap(({ data }) => (data?.from === from ? [{ from, to: data.to }] : []))
  const [first] = moving
  if (!first) {
    takeUp(app, session, { node, handle, side: 'out' })
    return
  }
  const all = moving.map(({ to }) =>
    compatiblePorts(document, specs, { end: to, side: 'to', kind: kindAt(document, specs, to, 'to') ?? 'any' }),
  )
  const compatible = new Set([...(all[0] ?? [])].filter((key) => all.every((each) => each.has(key))))
  hold(app, session, { end: first.to, side: 'to', kind: kindAt(document, specs, from, 'from') ?? 'any' }, { moving, compatible })
}

function takeUp(app: App, session: Session, { node, handle, side: pressed }: Grip): void {
  const document = shownIn(session)
  const { specs } = app.catalog.getState()
  const end = endOf(node, handle)
  const detached = pressed === 'in' ? wireInto(document, end) : undefined
  const side = detached || pressed === 'out' ? 'from' : 'to'
  const heldEnd = detached ? detached.from : end
  hold(app, session, { end: heldEnd, side, kind: kindAt(document, specs, heldEnd, side) ?? 'any' }, { detached })
}

function carry(app: App, event: PointerEvent): void {
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
  const { held, detached, moving, compatible, snap } = holding.getState()
  letGo()
  if (!held) return
  const document = shownIn(session)
  if (moving.length > 0) {
    if (snap && compatible.has(snap.key)) moveAll(session, moving, snap.end)
    else toast(app.view, 'info', 'The wires stay where they were.', { hint: 'Drop them on an output that fits all of them.' })
    return
  }
  const { specs } = app.catalog.getState()
  const under = portUnder(screen)
  const nodeUnder = under ? undefined : cardUnder(screen)
  const target = snap?.end ?? under?.end ?? (nodeUnder ? bestPort(document, specs, nodeUnder, held) : undefined)
  if (target !== undefined) {
    join(app, session, held, detached, target, screen)
    return
  }
  if (nodeUnder && nodeUnder !== parseEndpoint(held.end)?.node) {
    if (!detached && growPort(session, specs, nodeUnder, held)) return
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

function moveAll(session: Session, wires: Holding['moving'], from: string): void {
  edit(session, `Move ${plural(wires.length, 'wire')}`, (before) =>
    edited(
      before,
      wires.reduce((document, wire) => rewire(document, { wire, from, to: wire.to }).document, before),
    ),
  )
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
  const document = shownIn(session)
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
