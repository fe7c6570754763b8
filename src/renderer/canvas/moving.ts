import type { NodeChange } from '@xyflow/react'
import { canConnect } from '../../shared/graph/can-connect'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { duplicateNodes, moveNodes as moveInGraph, updateNote } from '../../shared/graph/edit'
import { portsInBody } from '../../shared/graph/ports'
import type { App } from '../state/app'
import { spliced } from '../state/editing'
import { selectOnly, setFlow } from '../state/flow'
import { edit, type Session, shownIn } from '../state/session'
import { type FlowNode, type FlowWire, framePrefix, notePrefix, sizeOf } from './flow-mapping'
import { alignTo, around, type Box, guides } from './guides'

/** What moves when an item moves: the nodes of a frame with their notes, the notes of a node. */
export function companionsOf(session: Session, item: string): readonly string[] {
  const { frames, notes } = shownIn(session).ui
  const members = item.startsWith(framePrefix) ? (frames.find(({ id }) => framePrefix + id === item)?.nodes ?? []) : []
  if (!notes.some(({ attachedTo }) => attachedTo !== undefined)) return members
  const holders = new Set([item, ...members])
  return [
    ...members,
    ...notes.flatMap(({ id, attachedTo }) => (attachedTo !== undefined && holders.has(attachedTo) ? [notePrefix + id] : [])),
  ]
}

/** Edges and middles that line up pull the dragged cards onto them; with Shift held the grid does. */
export function snapped(changes: NodeChange<FlowNode>[], still: readonly Box[], moving: readonly FlowNode[], reach: number, grid: boolean) {
  const places = changes.filter((change) => change.type === 'position' && change.position !== undefined)
  if (places.length === 0) return changes
  const sizes = new Map(moving.map((node) => [node.id, sizeOf(node)]))
  const boxes = places.flatMap((change) =>
    change.type === 'position' && change.position ? [{ ...change.position, ...(sizes.get(change.id) ?? { width: 0, height: 0 }) }] : [],
  )
  const whole = around(boxes)
  const { dx, dy, lines } = grid
    ? { dx: toGrid(whole.x) - whole.x, dy: toGrid(whole.y) - whole.y, lines: [] }
    : alignTo(whole, still, reach)
  if (lines.length > 0 || guides.getState().lines.length > 0) guides.setState({ lines })
  if (dx === 0 && dy === 0) return changes
  return changes.map((change) =>
    change.type === 'position' && change.position
      ? { ...change, position: { x: change.position.x + dx, y: change.position.y + dy } }
      : change,
  )
}

export const gridStep = 22
export const toGrid = (value: number): number => Math.round(value / gridStep) * gridStep

/** Alt and a drag: the copies go where the hand let go; the originals are drawn where the document has them, as after every edit. */
export function cloneDragged(session: Session, dragged: readonly FlowNode[]): void {
  const before = shownIn(session)
  const nodes = dragged.map(({ id }) => id).filter((id) => Object.hasOwn(before.nodes, id))
  const places = new Map(session.flow.getState().nodes.map((node) => [node.id, rounded(node.position)]))
  let ids: ReadonlyMap<string, string> = new Map()
  edit(session, 'Clone', (graph) => {
    const doubled = duplicateNodes(graph, { nodes, keepIncoming: true })
    ids = doubled.ids
    const positions = Object.fromEntries(
      [...doubled.ids].flatMap(([from, to]) => (places.has(from) ? [[to, places.get(from) ?? { x: 0, y: 0 }]] : [])),
    )
    return edited(graph, moveInGraph(doubled.document, { positions }).document)
  })
  selectOnly(session.flow, [...ids.values()])
}

/** One edit for a whole drag, made when the hand lets go. A frame takes along what stands in it; `then` belongs to the same step. */
export function moveNodes(
  session: Session,
  dragged: readonly FlowNode[],
  then?: { readonly label: string; change(document: GraphDocument): GraphDocument },
): void {
  const { nodes: all } = session.flow.getState()
  const ids = new Set(dragged.flatMap((node) => [...(node.id.startsWith(framePrefix) ? [] : [node.id]), ...companionsOf(session, node.id)]))
  const places = all.filter((node) => ids.has(node.id)).map((node) => [node.id, rounded(node.position)] as const)
  const nodes = places.filter(([id]) => !id.startsWith(notePrefix))
  const notes = places.filter(([id]) => id.startsWith(notePrefix))
  edit(session, then ? then.label : places.length === 1 ? 'Move' : `Move ${places.length} items`, (before) => {
    const moved = moveInGraph(before, { positions: Object.fromEntries(nodes) }).document
    const noted = notes.reduce(
      (document, [id, position]) => updateNote(document, { id: id.slice(notePrefix.length), changes: position }).document,
      moved,
    )
    return edited(before, then ? then.change(noted) : noted)
  })
}

const rounded = ({ x, y }: { x: number; y: number }) => ({ x: Math.round(x), y: Math.round(y) })

/** A single free node over the middle of a wire: the wire is dashed while it would be taken in, and it is when the hand lets go. */
export const spliceDropped = {
  hover(app: App, session: Session, node: FlowNode): void {
    const found = wireUnder(app, session, node)?.id
    const { nodes, wires } = session.flow.getState()
    if (found === wires.find((wire) => wire.className === 'will-splice')?.id) return
    const changed = wires.map((wire) => {
      const marked = wire.id === found
      return (wire.className === 'will-splice') === marked ? wire : { ...wire, className: marked ? 'will-splice' : '' }
    })
    setFlow(session.flow, nodes, changed)
  },
  /** Moved and taken in: one step of the history. */
  drop(app: App, session: Session, node: FlowNode, dragged: readonly FlowNode[]): void {
    const wire = session.flow.getState().wires.find((candidate) => candidate.className === 'will-splice')
    if (!wire?.data) {
      moveNodes(session, dragged)
      return
    }
    this.hover(app, session, { ...node, position: { x: -1e9, y: -1e9 } })
    const { from, to } = wire.data
    const change = (document: GraphDocument) => spliced(document, app.catalog.getState().specs, node.id, { from, to })
    moveNodes(session, dragged, { label: 'Splice into wire', change })
  },
}

function wireUnder(app: App, session: Session, node: FlowNode): FlowWire | undefined {
  const document = shownIn(session)
  const { specs } = app.catalog.getState()
  if (!Object.hasOwn(document.nodes, node.id)) return undefined
  if (document.wires.some((wire) => parseEndpoint(wire.to)?.node === node.id || parseEndpoint(wire.from)?.node === node.id))
    return undefined
  const size = sizeOf(node)
  const byId = new Map(session.flow.getState().nodes.map((other) => [other.id, other]))
  const centre = { x: node.position.x + size.width / 2, y: node.position.y + size.height / 2 }
  return session.flow.getState().wires.find((wire) => {
    const source = byId.get(wire.source)
    const target = byId.get(wire.target)
    if (!source || !target || !wire.data) return false
    const start = { x: source.position.x + sizeOf(source).width, y: source.position.y + sizeOf(source).height / 2 }
    const end = { x: target.position.x, y: target.position.y + sizeOf(target).height / 2 }
    const near = Math.abs(centre.x - (start.x + end.x) / 2) < 90 && Math.abs(centre.y - (start.y + end.y) / 2) < 60
    return near && canSplice(document, specs, node.id, wire.data)
  })
}

function canSplice(
  document: Parameters<typeof canConnect>[0],
  specs: Parameters<typeof canConnect>[2],
  node: string,
  wire: { from: string; to: string },
): boolean {
  const ports = portsInBody(document, specs, document).get(node)
  if (!ports) return false
  const takes = [...ports.inputs.keys()].some((port) => canConnect(document, document, specs, wire.from, formatEndpoint({ node, port })).ok)
  const gives = [...ports.outputs.keys()].some((port) => canConnect(document, document, specs, formatEndpoint({ node, port }), wire.to).ok)
  return takes && gives
}
