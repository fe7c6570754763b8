import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import { parseEndpoint } from '../../shared/graph/document'
import { useRun } from '../state/hooks'
import { statusOf } from '../state/run'
import { useWireMark } from '../versions/DiffNote'
import { markSigns } from '../versions/marks'
import type { FlowWire } from './flow-mapping'

/** A wire: hue by family, dashes by kind, doubled for lists, and moving while its source is at work. */
export const WireLine = memo(function WireLine({
  id,
  data,
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
  selected,
}: EdgeProps<FlowWire>) {
  const source = parseEndpoint(data?.from ?? '')?.node ?? ''
  const running = useRun((run) => statusOf(run, source) === 'running')
  const mark = useWireMark(id)
  const [path, midX, midY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.32 })
  const className = [
    'wire',
    `kind-${data?.kind}`,
    selected ? 'is-selected' : '',
    data?.broken ? 'is-broken' : '',
    data?.list ? 'is-list' : '',
    running ? 'is-running' : '',
    mark ? `diff-${mark}` : '',
  ]
  return (
    <g className={className.join(' ')} data-family={data?.family} data-testid={`wire-${id}`}>
      {data?.list ? <path className="wire-wide" d={path} /> : null}
      <BaseEdge id={id} path={path} interactionWidth={18} className="wire-path" />
      {running ? <path className="wire-flow" d={path} /> : null}
      {mark ? (
        <g className="wire-mark" transform={`translate(${midX} ${midY})`}>
          <circle r={9} />
          <text>{markSigns[mark]}</text>
        </g>
      ) : null}
    </g>
  )
})
