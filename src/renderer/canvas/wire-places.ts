import type { InternalNode } from '@xyflow/react'
import type { Point } from '../state/view'
import type { FlowNode, FlowWire } from './flow-mapping'
import { distanceToLine, wireLine } from './wire-path'

/** Where wires are, as React Flow knows the ports: for what draws, cuts or finds them without an element of the page for each. Pure. */
export interface WirePlace {
  readonly wire: FlowWire
  readonly start: Point
  readonly end: Point
}

type Lookup = ReadonlyMap<string, InternalNode<FlowNode>>

/** The places of wires whose two ports are there. */
export function wirePlaces(nodes: Lookup, wires: readonly FlowWire[]): WirePlace[] {
  const ports = new Map<string, ReadonlyMap<string, Point>>()
  const portOf = (side: 'source' | 'target', id: string, handle: string | null | undefined): Point | undefined => {
    const key = `${side} ${id}`
    const known = ports.get(key) ?? portsAt(nodes.get(id), side)
    ports.set(key, known)
    return known.get(handle ?? '')
  }
  return wires.flatMap((wire) => {
    const start = portOf('source', wire.source, wire.sourceHandle)
    const end = portOf('target', wire.target, wire.targetHandle)
    return start && end ? [{ wire, start, end }] : []
  })
}

const samePoint = (a: Point, b: Point | undefined) => a.x === b?.x && a.y === b.y

export const samePlaces = (a: readonly WirePlace[], b: readonly WirePlace[]): boolean =>
  a.length === b.length &&
  a.every(({ wire, start, end }, i) => wire === b[i]?.wire && samePoint(start, b[i]?.start) && samePoint(end, b[i]?.end))

/** A wire leaves at the outer edge of a port and arrives at the outer edge of the other, as React Flow draws it. */
function portsAt(node: InternalNode<FlowNode> | undefined, side: 'source' | 'target'): ReadonlyMap<string, Point> {
  const { x, y } = node?.internals.positionAbsolute ?? { x: 0, y: 0 }
  return new Map(
    (node?.internals.handleBounds?.[side] ?? []).map((handle) => [
      handle.id ?? '',
      { x: x + handle.x + (side === 'source' ? handle.width : 0), y: y + handle.y + handle.height / 2 },
    ]),
  )
}

const pointsOf = ({ data }: FlowWire) => data?.layout?.points ?? []

export const lineOf = ({ wire, start, end }: WirePlace): Point[] => wireLine(start, pointsOf(wire), end)

/** The wire that passes within `reach` of a place, the nearest of several. */
export function wireAt(places: readonly WirePlace[], at: Point, reach: number): FlowWire | undefined {
  let best: { wire: FlowWire; distance: number } | undefined
  for (const place of places) {
    if (!mayPass(place, at, reach)) continue
    const distance = distanceToLine(at, lineOf(place))
    if (distance <= reach && (!best || distance < best.distance)) best = { wire: place.wire, distance }
  }
  return best?.wire
}

/** A line bends out of the box of its stops by no more than this. */
const bulge = 170

function mayPass({ wire, start, end }: WirePlace, { x, y }: Point, reach: number): boolean {
  const points = pointsOf(wire)
  const across = [start.x, end.x, ...points.map((point) => point[0])]
  const down = [start.y, end.y, ...points.map((point) => point[1])]
  return (
    x >= Math.min(...across) - bulge - reach &&
    x <= Math.max(...across) + bulge + reach &&
    y >= Math.min(...down) - reach &&
    y <= Math.max(...down) + reach
  )
}
