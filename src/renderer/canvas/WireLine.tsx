import { BaseEdge, type EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { parseEndpoint } from '../../shared/graph/document'
import { useFlow, useNodeStatus } from '../state/hooks'
import { useWireMark } from '../versions/DiffNote'
import { markSigns } from '../versions/marks'
import { bending } from './bending'
import type { FlowWire } from './flow-mapping'
import { countRender } from './render-count'
import { wirePath } from './wire-path'

/** A wire: hue by family, dashes by kind, doubled for lists, and moving while its source is at work. One that is sent by name shows two tags instead, until an end is chosen. */
export const WireLine = memo(function WireLine(props: EdgeProps<FlowWire>) {
  return props.data?.layout?.name === undefined ? <Drawn {...props} /> : <Sent {...props} name={props.data.layout.name} />
})

function Drawn({ id, data, sourceX, sourceY, targetX, targetY, selected }: EdgeProps<FlowWire>) {
  countRender(`wire:${id}`)
  const running = useNodeStatus(parseEndpoint(data?.from ?? '')?.node ?? '') === 'running'
  const mark = useWireMark(id)
  const bent = useStore(bending, (state) => (state.wire === id ? state.points : undefined))
  const points = bent ?? data?.layout?.points ?? none
  const path = wirePath({ x: sourceX, y: sourceY }, points, { x: targetX, y: targetY })
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
        <g className="wire-mark" transform={`translate(${(sourceX + targetX) / 2} ${(sourceY + targetY) / 2})`}>
          <circle r={9} />
          <text>{markSigns[mark]}</text>
        </g>
      ) : null}
      {points.map(([x, y], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a point of a wire is known by its place in the row
        <circle key={i} className="reroute" cx={x} cy={y} r={6} data-wire={id} data-reroute={i} data-testid={`reroute-${id}-${i}`}>
          <title>Drag to bend; double-click to take it out</title>
        </circle>
      ))}
    </g>
  )
}
const none: readonly (readonly [number, number])[] = []

/** Tags at both ends; the line is there, faintly, while the wire or one of its nodes is selected. */
function Sent({ name, ...props }: EdgeProps<FlowWire> & { name: string }) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, data, selected } = props
  const near = useFlow((flow) => flow.selectedNodes.includes(source) || flow.selectedNodes.includes(target))
  return (
    <>
      {near || selected ? <Drawn {...props} /> : null}
      <g data-family={data?.family} className={selected ? 'sent is-selected' : 'sent'} data-testid={`sent-${id}`}>
        <Tag x={sourceX + 8} y={sourceY} text={`${name} ▸`} anchor="start" />
        <Tag x={targetX - 8} y={targetY} text={`▸ ${name}`} anchor="end" />
      </g>
    </>
  )
}

const letter = 6.4

function Tag({ x, y, text, anchor }: { x: number; y: number; text: string; anchor: 'start' | 'end' }) {
  const width = text.length * letter + 12
  return (
    <g>
      <rect className="sent-tag" x={anchor === 'start' ? x : x - width} y={y - 9} width={width} height={18} rx={9} />
      <text className="sent-name" x={anchor === 'start' ? x + 6 : x - 6} y={y + 3.5} textAnchor={anchor}>
        {text}
      </text>
    </g>
  )
}
