import { memo } from 'react'
import type { GraphNode } from '../../shared/graph/document'
import { paramValue } from '../../shared/graph/ports'
import { paramTitle } from '../../shared/names'
import type { NodeSpec } from '../../shared/node-spec'
import { ParamField } from '../panels/ParamField'
import { useShown } from '../state/hooks'
import { fedPorts } from './card-ports'

/** The node's most important param, editable on the card. What a wire feeds is not edited here. */
export const CardFace = memo(function CardFace({ id, node, spec, name }: { id: string; node: GraphNode; spec: NodeSpec; name: string }) {
  const isFed = useShown((graph) => fedPorts(graph, id).has(name))
  const param = spec.params[name]
  if (!param || isFed) return null
  return (
    <div className="card-face nodrag nowheel" data-kind={param.kind}>
      {param.kind === 'number' || param.kind === 'boolean' ? <span className="face-name">{paramTitle(name, param)}</span> : null}
      <ParamField node={id} name={name} param={param} value={paramValue(node, spec, name)} compact />
    </div>
  )
})
