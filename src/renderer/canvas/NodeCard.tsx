import { type NodeProps, useUpdateNodeInternals } from '@xyflow/react'
import { memo, useEffect, useRef } from 'react'
import { ForkChips } from '../fork/ForkButton'
import { useCard, useView } from '../state/hooks'
import { DiffNote, diffClass, useDiffMark } from '../versions/DiffNote'
import { CardFace } from './CardFace'
import { CardGrip } from './CardGrip'
import { CardHeader } from './CardHeader'
import { CardLive } from './CardLive'
import { ContainerBody } from './ContainerBody'
import { classesOf, nameOf } from './card-looks'
import type { CardPorts } from './card-ports'
import type { Card } from './cards'
import { useDetailed } from './detail'
import { FarCard } from './FarCard'
import { familyOf } from './family'
import type { FlowNode } from './flow-mapping'
import { PortRow } from './PortRow'
import { countRender } from './render-count'
import { sameCard } from './same-card'

/** A node on the canvas, with as much detail as can be read. Reads its own slices only; the flow's object carries nothing but the place. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<FlowNode>) {
  countRender(id)
  const card = useCard(id)
  const renaming = useView((view) => view.renaming === id)
  const isOpenContainer = card?.spec?.container !== undefined && !card.collapsed
  const detailed = useDetailed(renaming || isOpenContainer)
  useMeasured(id, detailed, card?.ports)
  if (!card) return null
  return detailed ? (
    <WholeCard id={id} card={card} selected={selected ?? false} />
  ) : (
    <FarCard id={id} card={card} selected={selected ?? false} />
  )
}, sameCard)

/** React Flow measures a card when its size changes; ports may move or come without that. */
function useMeasured(id: string, detailed: boolean, ports: CardPorts | undefined): void {
  const measure = useUpdateNodeInternals()
  const measured = useRef({ detailed, ports })
  useEffect(() => {
    if (measured.current.detailed === detailed && measured.current.ports === ports) return
    measured.current = { detailed, ports }
    measure(id)
  }, [id, detailed, ports, measure])
}

interface CardProps {
  readonly id: string
  readonly card: Card
  readonly selected: boolean
}

/** Header, one param editable in place, ports, live output, time. */
function WholeCard({ id, card, selected }: CardProps) {
  const { node, spec, collapsed, color, ports } = card
  const mark = useDiffMark(id)
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  const container = spec?.container !== undefined && !collapsed ? `is-container is-${spec.container}` : ''
  return (
    <article
      className={`${classesOf(card, selected)} ${diffClass(mark)} ${container}`}
      data-family={familyOf(spec)}
      data-color={color}
      data-testid={`node-${id}`}
      data-node-type={node.type}
      aria-label={nameOf(id, node, spec)}
    >
      <CardHeader id={id} node={node} spec={spec} pinned={card.pinned} />
      <DiffNote mark={mark} />
      <div className="card-body">
        {spec?.face && !collapsed ? <CardFace id={id} node={node} spec={spec} name={spec.face} /> : null}
        {spec ? null : <p className="ghost-note">This kind of node is not known here. It is kept as it is.</p>}
        <div className="ports">
          {Array.from({ length: rows }, (_, i) => (
            <PortRow
              key={`${ports.inputs[i]?.name ?? ''}|${ports.outputs[i]?.name ?? ''}`}
              node={id}
              input={ports.inputs[i]}
              output={ports.outputs[i]}
            />
          ))}
        </div>
        <ForkChips id={id} />
        {spec?.container && !collapsed ? <ContainerBody id={id} node={node} spec={spec} /> : null}
        {collapsed ? null : <CardLive id={id} />}
      </div>
      {selected && container === '' ? <CardGrip id={id} /> : null}
    </article>
  )
}
