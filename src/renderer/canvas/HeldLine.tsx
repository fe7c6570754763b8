import { getBezierPath, type InternalNode, Position, useStoreApi, ViewportPortal } from '@xyflow/react'
import { useStore } from 'zustand'
import { parseEndpoint } from '../../shared/graph/document'
import { wireKinds } from '../../shared/wire'
import { holding } from '../state/holding'
import type { HeldWire, Point } from '../state/view'
import type { FlowNode } from './flow-mapping'
import { inHandle, outHandle } from './handles'

/** The wire in the hand. It ends at the pointer, or in the port that it snaps to; a wire that was pulled off hangs on its other end. */
export function HeldLine() {
  const held = useStore(holding, (state) => state.held)
  return held ? (
    <ViewportPortal>
      <svg className="held-layer" aria-hidden>
        <Line held={held} />
      </svg>
    </ViewportPortal>
  ) : null
}

function Line({ held }: { held: HeldWire }) {
  const flow = useStoreApi<FlowNode>()
  const pointer = useStore(holding, (state) => state.pointer)
  const snap = useStore(holding, (state) => state.snap)
  const start = placeOf(flow.getState().nodeLookup, held)
  const end = snap?.at ?? pointer
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

/** The middle of the port on which the wire hangs, as React Flow measured it. */
function placeOf(nodes: ReadonlyMap<string, InternalNode<FlowNode>>, held: HeldWire): Point {
  const end = parseEndpoint(held.end)
  const node = end ? nodes.get(end.node) : undefined
  if (!end || !node) return { x: 0, y: 0 }
  const { handleBounds, positionAbsolute } = node.internals
  const id = held.side === 'from' ? outHandle(end.port) : inHandle(end.port)
  const handle = (held.side === 'from' ? handleBounds?.source : handleBounds?.target)?.find((candidate) => candidate.id === id)
  if (!handle) return positionAbsolute
  return { x: positionAbsolute.x + handle.x + handle.width / 2, y: positionAbsolute.y + handle.y + handle.height / 2 }
}
