import { useStoreApi } from '@xyflow/react'
import { memo } from 'react'
import { useNodeRun } from '../state/hooks'
import { DiffNote, diffClass, useDiffMark } from '../versions/DiffNote'
import { previewText } from '../viewers/preview'
import { classesOf, nameOf } from './card-looks'
import { cardShape } from './card-shape'
import type { Card } from './cards'
import { familyOf } from './family'
import type { FlowNode } from './flow-mapping'
import { PortDot } from './PortRow'
import { portPlaces, topOfPorts } from './port-places'
import { StatusBadge } from './StatusBadge'
import { useGrip } from './use-grip'

/** A card from afar, and for the moment before its turn comes: title, state, how its output begins, ports. It has the size of the whole card, so nothing moves when that takes its place. */
export const FarCard = memo(function FarCard({ id, card, selected }: { id: string; card: Card; selected: boolean }) {
  const { node, spec, ports, collapsed } = card
  const mark = useDiffMark(id)
  const known = useStoreApi<FlowNode>().getState().nodeLookup.get(id)
  const grip = useGrip()
  const shape = cardShape(card)
  const width = known?.measured.width ?? known?.width ?? known?.initialWidth ?? 0
  const height = known?.measured.height ?? shape.height
  const top = topOfPorts(known?.internals.handleBounds, collapsed) ?? shape.top
  const places = new Map(portPlaces(ports, top, width, collapsed).map((place) => [place.id, place]))
  const dot = (side: 'in' | 'out') => (port: Card['ports']['inputs'][number]) => {
    const place = places.get(`${side}:${port.name}`)
    return place ? (
      <PortDot key={place.id} node={id} port={port} side={side} grip={grip} style={{ left: place.x - edge, top: place.y - edge }} />
    ) : null
  }
  return (
    <article
      className={`${classesOf(card, selected)} far-card ${diffClass(mark)}`}
      data-family={familyOf(spec)}
      data-color={card.color}
      data-testid={`node-${id}`}
      data-node-type={node.type}
      aria-label={nameOf(id, node, spec)}
      style={{ height }}
    >
      <div className={height < roomForTwoLines ? 'far-body is-low' : 'far-body'}>
        <header className="card-head">
          <span className="card-title">{nameOf(id, node, spec)}</span>
          <StatusBadge id={id} muted={node.muted === true} bypassed={node.bypassed === true} small />
        </header>
        <FarText id={id} />
      </div>
      <DiffNote mark={mark} />
      {ports.inputs.map(dot('in'))}
      {ports.outputs.map(dot('out'))}
    </article>
  )
})

/** a card less tall has one line of output under a title of two */
const roomForTwoLines = 124

/** of a card, inside which the places of ports are counted */
const edge = 1

/** How the output begins, or the failure. */
function FarText({ id }: { id: string }) {
  const run = useNodeRun(id)
  if (!run || run.phase === 'idle' || run.phase === 'planned') return null
  const text = run.phase === 'failed' ? (run.error?.message ?? '') : previewText(run.outputs) || run.text.slice(0, 400)
  const line = text.trimStart().slice(0, 90).replace(/\s+/g, ' ')
  return line === '' ? null : (
    <p className="far-text" aria-hidden>
      {line}
    </p>
  )
}
