import { memo } from 'react'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { mapCards, noCards } from '../canvas/cards'
import { familyOf } from '../canvas/family'
import { mapNodes, mapWires, sizeOf } from '../canvas/flow-mapping'
import { wirePath } from '../canvas/wire-path'

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
        const start = { x: from.x + from.width, y: from.y + from.height / 2 }
        const end = { x: to.x, y: to.y + to.height / 2 }
        return (
          <path
            key={wire.id}
            className="mini-wire"
            data-family={wire.data?.family}
            d={wirePath(start, wire.data?.layout?.points ?? [], end)}
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
