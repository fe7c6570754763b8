import { ViewportPortal } from '@xyflow/react'
import { useFlow, useShown } from '../state/hooks'
import { drawnOf, endsOf, type FlowNode, notePrefix, sizeOf } from './flow-mapping'

/** A thin line from a note to the node or wire that it is attached to. Nothing is drawn, or listened to, while no note is. */
export function Tethers() {
  const tied = useShown((graph) => (graph.ui.notes.some(({ attachedTo }) => attachedTo !== undefined) ? graph.ui.notes : undefined))
  return tied ? <Lines notes={tied} /> : null
}

function Lines({ notes }: { notes: readonly { readonly id: string; readonly attachedTo?: string | undefined }[] }) {
  const all = useFlow((flow) => flow.nodes)
  const nodes = drawnOf(all)
  const wires = useFlow((flow) => flow.wires)
  const middle = (node: FlowNode) => ({ x: node.position.x + sizeOf(node).width / 2, y: node.position.y + sizeOf(node).height / 2 })
  const lines = notes.flatMap(({ id, attachedTo }) => {
    const note = nodes.find((node) => node.id === notePrefix + id)
    const node = nodes.find((candidate) => candidate.id === attachedTo)
    const wire = wires.find((candidate) => candidate.id === attachedTo)
    const ends = wire ? endsOf(nodes, wire) : undefined
    const to = node ? middle(node) : ends ? { x: (ends.start.x + ends.end.x) / 2, y: (ends.start.y + ends.end.y) / 2 } : undefined
    return note && to ? [{ id, from: middle(note), to }] : []
  })
  return (
    <ViewportPortal>
      <svg className="guide-layer tethers" aria-hidden>
        {lines.map(({ id, from, to }) => (
          <line key={id} className="tether" data-testid={`tether-${id}`} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
        ))}
      </svg>
    </ViewportPortal>
  )
}
