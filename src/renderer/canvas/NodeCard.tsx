import type { NodeProps } from '@xyflow/react'
import { memo, useMemo } from 'react'
import type { GraphNode } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import { ForkChips } from '../fork/ForkButton'
import { useCatalog, useShown } from '../state/hooks'
import { DiffNote, diffClass, useDiffMark } from '../versions/DiffNote'
import { CardFace } from './CardFace'
import { CardHeader } from './CardHeader'
import { CardLive } from './CardLive'
import { ContainerBody } from './ContainerBody'
import { cardPorts } from './card-ports'
import { familyOf } from './family'
import type { FlowNode } from './flow-mapping'
import { PortRow } from './PortRow'
import { countRender } from './render-count'
import { sameCard } from './same-card'

/** A node on the canvas: header, one param editable in place, ports, live output, time. Reads its own slices only; the flow's object carries nothing but the place. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<FlowNode>) {
  countRender(id)
  const node = useShown((graph) => graph.nodes[id])
  const spec = useCatalog((catalog) => (node ? catalog.specs.get(node.type) : undefined))
  const collapsed = useShown((graph) => graph.ui.nodes[id]?.collapsed === true)
  const color = useShown((graph) => graph.ui.nodes[id]?.color)
  const ports = usePorts(id)
  const mark = useDiffMark(id)
  if (!node) return null
  const family = familyOf(spec)
  const rows = Math.max(ports.inputs.length, ports.outputs.length)
  const classes = [
    'card',
    selected ? 'is-selected' : '',
    node.muted ? 'is-muted' : '',
    node.bypassed ? 'is-bypassed' : '',
    spec ? '' : 'is-ghost',
    collapsed ? 'is-collapsed' : '',
    diffClass(mark),
    spec?.container && !collapsed ? `is-container is-${spec.container}` : '',
  ]
  return (
    <article
      className={classes.filter(Boolean).join(' ')}
      data-family={family}
      data-color={color}
      data-testid={`node-${id}`}
      data-node-type={node.type}
      aria-label={nameOf(id, node, spec)}
    >
      <CardHeader id={id} node={node} spec={spec} />
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
    </article>
  )
}, sameCard)

/** The same ports are the same object, so that other edits of the document do not draw this card again. */
function usePorts(id: string) {
  const specs = useCatalog((catalog) => catalog.specs)
  const signature = useShown((graph) => JSON.stringify(cardPorts(graph, specs, id)))
  return useMemo(() => JSON.parse(signature) as ReturnType<typeof cardPorts>, [signature])
}

export const nameOf = (id: string, node: GraphNode, spec: NodeSpec | undefined): string =>
  node.title?.split('\n')[0]?.trim() || spec?.title || node.type || id
