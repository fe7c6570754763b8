import { type CSSProperties, memo } from 'react'
import { useStore } from 'zustand'
import { wireKinds } from '../../shared/wire'
import { holding } from '../state/holding'
import type { CardPort } from './card-ports'
import { portKey } from './connecting'
import { inHandle, outHandle } from './handles'
import { type PressPort, useGrip } from './use-grip'

interface DotProps {
  readonly node: string
  readonly port: CardPort
  readonly side: 'in' | 'out'
  readonly grip: PressPort
  /** what it is to the wire in the hand */
  readonly fit?: string
  readonly style?: CSSProperties
}

/**
 * One end for wires. React Flow only measures it (by its class and `data-handle…`); the hand is followed by wiring.ts, so that a port that nobody touches costs nothing.
 * Its shape tells the family (round: values, diamond: tokens, square: weights, ring: model), so that hue is never the only sign.
 */
export function PortDot({ node, port, side, grip, fit = '', style }: DotProps) {
  const handle = side === 'in' ? inHandle(port.name) : outHandle(port.name)
  const classes = [
    'port nodrag nopan',
    side === 'in' ? 'target' : 'source',
    port.list ? 'is-list' : '',
    port.wired ? 'is-wired' : '',
    port.open ? 'is-open' : '',
    port.missing ? 'is-missing' : '',
    fit,
  ]
  const label = `${side === 'in' ? 'Input' : 'Output'} ${port.title}: ${wireKinds[port.kind].title}${port.list ? ', a list' : ''}${port.open ? ', needs a wire' : ''}`
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.filter(Boolean).join(' ')}
      data-handleid={handle}
      data-nodeid={node}
      data-handlepos={side === 'in' ? 'left' : 'right'}
      data-family={port.family}
      data-kind={port.kind}
      data-testid={`port-${node}-${handle}`}
      aria-label={label}
      title={`${port.title} · ${wireKinds[port.kind].title}${port.summary ? `\n${port.summary}` : ''}`}
      style={style}
      onPointerDown={(event) => grip({ node, handle, side }, event)}
    />
  )
}

/** A port that shows whether the wire in the hand may end in it. */
export const Port = memo(function Port({ node, port, side }: { node: string; port: CardPort; side: 'in' | 'out' }) {
  const handle = side === 'in' ? inHandle(port.name) : outHandle(port.name)
  const fit = useStore(holding, (state) => fitOf(state, portKey(node, handle), node, side))
  return <PortDot node={node} port={port} side={side} grip={useGrip()} fit={fit} />
})

function fitOf(state: ReturnType<typeof holding.getState>, key: string, node: string, side: 'in' | 'out'): '' | 'fits' | 'fades' | 'snaps' {
  if (!state.held) return ''
  if (state.snap?.key === key) return 'snaps'
  const wanted = state.held.side === 'from' ? 'in' : 'out'
  if (side !== wanted) return node === state.held.end.split('.')[0] ? '' : 'fades'
  return state.compatible.has(key) ? 'fits' : 'fades'
}

/** A line of a card: the port, and its name inside the card. */
export const PortRow = memo(function PortRow({
  node,
  input,
  output,
}: {
  node: string
  input: CardPort | undefined
  output: CardPort | undefined
}) {
  return (
    <div className="port-row">
      {input ? (
        <span className="port-side in">
          <Port node={node} port={input} side="in" />
          <span className={input.isParam ? 'port-name is-param' : 'port-name'}>{input.title}</span>
        </span>
      ) : null}
      {output ? (
        <span className="port-side out">
          <span className="port-name">{output.title}</span>
          <Port node={node} port={output} side="out" />
        </span>
      ) : null}
    </div>
  )
})
