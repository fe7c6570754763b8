import type { FlowState } from '../state/flow'
import { drawnOf, type FlowNode, sizeOf } from './flow-mapping'

/** Where an arrow key leads: left and right along wires, up and down to the nearest, and without a selection to the first node. Pure. */
export function neighbour(
  flow: Pick<FlowState, 'nodes' | 'wires' | 'selectedNodes'>,
  direction: 'left' | 'right' | 'up' | 'down',
): string | undefined {
  const cards = drawnOf(flow.nodes).filter((node) => node.type !== 'frame' || node.handles)
  const here = cards.find((node) => node.id === flow.selectedNodes.at(-1))
  if (!here) return [...cards].sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)[0]?.id
  if (direction === 'up' || direction === 'down')
    return nearest(
      here,
      cards.filter((node) => isBeyond(node, here, direction)),
    )?.id
  const wired = flow.wires.flatMap((wire) =>
    direction === 'right' && wire.source === here.id ? [wire.target] : direction === 'left' && wire.target === here.id ? [wire.source] : [],
  )
  const along = cards.filter((node) => wired.includes(node.id))
  return (
    nearest(here, along) ??
    nearest(
      here,
      cards.filter((node) => isBeyond(node, here, direction)),
    )
  )?.id
}

const middle = (node: FlowNode) => ({ x: node.position.x + sizeOf(node).width / 2, y: node.position.y + sizeOf(node).height / 2 })

function isBeyond(node: FlowNode, here: FlowNode, direction: 'left' | 'right' | 'up' | 'down'): boolean {
  const dx = middle(node).x - middle(here).x
  const dy = middle(node).y - middle(here).y
  if (node.id === here.id) return false
  if (direction === 'left') return dx < -1 && Math.abs(dx) > Math.abs(dy)
  if (direction === 'right') return dx > 1 && Math.abs(dx) > Math.abs(dy)
  return direction === 'up' ? dy < -1 && Math.abs(dy) >= Math.abs(dx) * 0.5 : dy > 1 && Math.abs(dy) >= Math.abs(dx) * 0.5
}

function nearest(here: FlowNode, nodes: readonly FlowNode[]): FlowNode | undefined {
  const from = middle(here)
  const distance = (node: FlowNode) => Math.hypot(middle(node).x - from.x, middle(node).y - from.y)
  return [...nodes].sort((a, b) => distance(a) - distance(b))[0]
}
