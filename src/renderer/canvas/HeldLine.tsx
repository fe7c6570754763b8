import { type ConnectionLineComponentProps, getBezierPath, Position, useStoreApi } from '@xyflow/react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { parseEndpoint } from '../../shared/graph/document'
import { wireKinds } from '../../shared/wire'
import { holding } from '../state/holding'
import type { Point } from '../state/view'
import { type FlowNode, outHandle } from './flow-mapping'
import { nearestPort } from './wiring'

/** The wire in the hand. It ends at the pointer, or in the port that it snaps to; a wire that was pulled off starts at its other end. */
export function HeldLine({ fromX, fromY, toX, toY, pointer }: ConnectionLineComponentProps<FlowNode>) {
  const flow = useStoreApi<FlowNode>()
  const held = useStore(holding, (state) => state.held)
  const detached = useStore(holding, (state) => state.detached)
  const snap = useStore(holding, (state) => state.snap)
  const hand: Point = pointer ? toFlow(pointer, flow.getState().transform) : { x: toX, y: toY }
  useEffect(() => {
    const next = nearestPort(flow.getState().nodeLookup.values(), hand, flow.getState().transform[2])
    if (next?.key !== holding.getState().snap?.key) holding.setState({ snap: next })
  })
  if (!held) return null
  const start = detached ? originOf(flow.getState(), detached.from) : { x: fromX, y: fromY }
  const end = snap?.at ?? hand
  const forwards = held.side === 'from'
  const [path] = getBezierPath({
    sourceX: start.x,
    sourceY: start.y,
    sourcePosition: forwards ? Position.Right : Position.Left,
    targetX: end.x,
    targetY: end.y,
    targetPosition: forwards ? Position.Left : Position.Right,
    curvature: 0.32,
  })
  return (
    <g className={`wire held kind-${held.kind}`} data-family={wireKinds[held.kind].family} data-testid="held-wire">
      <path className="wire-path" d={path} />
      <circle className="wire-end" cx={end.x} cy={end.y} r={snap ? 7 : 4} />
    </g>
  )
}

/** The pointer arrives in pixels of the canvas' frame. */
const toFlow = (pointer: Point, [x, y, zoom]: readonly [number, number, number]): Point => ({
  x: (pointer.x - x) / zoom,
  y: (pointer.y - y) / zoom,
})

function originOf(
  state: { nodeLookup: Map<string, Parameters<typeof nearestPort>[0] extends Iterable<infer N> ? N : never> },
  from: string,
): Point {
  const end = parseEndpoint(from)
  const node = end ? state.nodeLookup.get(end.node) : undefined
  const handle = node?.internals.handleBounds?.source?.find((candidate) => candidate.id === outHandle(end?.port ?? ''))
  if (!node) return { x: 0, y: 0 }
  const { x, y } = node.internals.positionAbsolute
  return handle
    ? { x: x + handle.x + handle.width / 2, y: y + handle.y + handle.height / 2 }
    : { x: x + (node.measured.width ?? 0), y: y + 20 }
}
