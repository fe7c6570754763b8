import { MiniMap, type MiniMapNodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useFlow, useRun, useView } from '../state/hooks'
import { statusOf } from '../state/run'

/** The whole graph in the corner, each node in the colour of its run state. */
export function StateMap() {
  const shown = useView((view) => view.minimap)
  const isEmpty = useFlow((flow) => flow.nodes.length === 0)
  if (!shown || isEmpty) return null
  return <MiniMap pannable zoomable ariaLabel="Map of the graph" nodeComponent={MapNode} className="state-map" />
}

const MapNode = memo(function MapNode({ id, x, y, width, height, selected }: MiniMapNodeProps) {
  const status = useRun((run) => statusOf(run, id))
  const kind = id.startsWith('note:')
    ? 'note'
    : id.startsWith('frame:')
      ? 'frame'
      : id.startsWith('@') || id.startsWith('=')
        ? 'end'
        : 'node'
  return (
    <rect
      className={`map-node is-${status} map-${kind} ${selected ? 'is-selected' : ''}`}
      x={x}
      y={y}
      width={width}
      height={height}
      rx={12}
    />
  )
})
