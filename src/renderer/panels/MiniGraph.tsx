import { memo } from 'react'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { mapCards, noCards } from '../canvas/cards'
import { familyOf } from '../canvas/family'
import { mapNodes, mapWires, sizeOf } from '../canvas/flow-mapping'

/** A graph as a small picture: its own nodes and wires, drawn to scale. */
export const MiniGraph = memo(function MiniGraph({ document, specs }: { document: GraphDocument; specs: NodeSpecs }) {
  const nodes = mapNodes(document, [], mapCards(document, specs, noCards)).filter((node) => node.type !== 'note' && node.type !== 'frame')
  const wires = mapWires(document, specs, [])
  if (nodes.length === 0) return null
  const boxes = new Map(nodes.map((node) => [node.id, { ...node.position, ...sizeOf(node) }]))
  const all = [...boxes.values()]
  const left = Math.min(...all.map((box) => box.x)) - 30
  const top = Math.min(...all.map((box) => box.y)) - 30
  const width = Math.max(...all.map((box) => box.x + box.width)) - left + 30
  const height = Math.max(...all.map((box) => box.y + box.height)) - top + 30
  return (
    <svg className="mini" viewBox={`${left} ${top} ${width} ${height}`} preserveAspectRatio="xMidYMid meet" aria-hidden>
      {wires.map((wire) => {
        const from = boxes.get(wire.source)
        const to = boxes.get(wire.target)
        if (!from || !to) return null
        const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2]
        const bend = Math.max(40, Math.abs(x2 - x1) / 2)
        return (
          <path
            key={wire.id}
            className="mini-wire"
            data-family={wire.data?.family}
            d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
          />
        )
      })}
      {nodes.map((node) => {
        const box = boxes.get(node.id)
        const own = document.nodes[node.id]
        return box ? (
          <rect
            key={node.id}
            className={own ? 'mini-node' : 'mini-end'}
            data-family={own ? familyOf(specs.get(own.type)) : 'model'}
            x={box.x}
            y={box.y}
            width={box.width}
            height={box.height}
            rx={22}
          />
        ) : null
      })}
    </svg>
  )
})
