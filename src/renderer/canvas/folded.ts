import { type NodeHandle, Position } from '@xyflow/react'
import type { GraphUi } from '../../shared/graph/document'
import { inHandle, outHandle } from './handles'

/** Folded frames: what stands in them is not drawn, and wires that cross their edge end there. Pure. */

/** Ids of what is not drawn (nodes, and notes on them), with the id in the flow of the frame that holds it; of several frames the first. */
export function foldedInto(ui: Pick<GraphUi, 'frames' | 'notes'>): ReadonlyMap<string, string> {
  if (!ui.frames.some(({ collapsed }) => collapsed)) return nothing
  const held = new Map<string, string>()
  for (const { id, nodes, collapsed } of ui.frames)
    if (collapsed) for (const node of nodes) if (!held.has(node)) held.set(node, `frame:${id}`)
  for (const { id, attachedTo } of ui.notes) {
    const frame = attachedTo === undefined ? undefined : held.get(attachedTo)
    if (frame !== undefined) held.set(`note:${id}`, frame)
  }
  return held
}
const nothing: ReadonlyMap<string, string> = new Map()

export const foldedSize = { width: 248, height: 64 }

const port = { y: foldedSize.height / 2 - 1, width: 2, height: 2 }

/** Where wires end on a folded frame: in the middle of its sides. */
export const foldedHandles: NodeHandle[] = [
  { id: inHandle(''), type: 'target', position: Position.Left, x: -1, ...port },
  { id: outHandle(''), type: 'source', position: Position.Right, x: foldedSize.width - 1, ...port },
]
