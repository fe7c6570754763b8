import type { NodeChange } from '@xyflow/react'
import { canConnect } from '../../shared/graph/can-connect'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { moveNodes as moveInGraph, updateNote } from '../../shared/graph/edit'
import { portsInBody } from '../../shared/graph/ports'
import type { App } from '../state/app'
import { spliced } from '../state/editing'
import { setFlow } from '../state/flow'
import { edit, type Session } from '../state/session'
import { type FlowNode, type FlowWire, framePrefix, notePrefix, sizeOf } from './flow-mapping'

/** What stands in a frame that is dragged goes along: the changes, and those of its nodes. */
export function withFrames(session: Session, changes: NodeChange<FlowNode>[]): NodeChange<FlowNode>[] {
  const moved = changes.filter((change) => change.type === 'position' && change.id.startsWith(framePrefix))
  if (moved.length === 0) return changes
  const { nodes } = session.flow.getState()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const own = new Set(changes.flatMap((change) => (change.type === 'position' ? [change.id] : [])))
  const along = moved.flatMap((change) => {
    const frame = change.type === 'position' ? byId.get(change.id) : undefined
    if (change.type !== 'position' || !frame || !change.position) return []
    const dx = change.position.x - frame.position.x
    const dy = change.position.y - frame.position.y
    return membersOf(session, change.id)
      .filter((id) => !own.has(id))
      .flatMap((id): NodeChange<FlowNode>[] => {
        const node = byId.get(id)
        return node ? [{ type: 'position', id, position: { x: node.position.x + dx, y: node.position.y + dy } }] : []
      })
  })
  return [...changes, ...along]
}

const membersOf = (session: Session, frame: string): readonly string[] =>
  session.document.getState().document.ui.frames.find(({ id }) => framePrefix + id === frame)?.nodes ?? []

/** One edit for a whole drag, made when the hand lets go. A frame takes along what stands in it; `then` belongs to the same step. */
export function moveNodes(
  session: Session,
  dragged: readonly FlowNode[],
  then?: { readonly label: string; change(document: GraphDocument): GraphDocument },
): void {
  const { nodes: all } = session.flow.getState()
  const ids = new Set(dragged.flatMap((node) => (node.id.startsWith(framePrefix) ? membersOf(session, node.id) : [node.id])))
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
  const { document } = session.document.getState()
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
