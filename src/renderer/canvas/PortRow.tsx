import { memo } from 'react'
import { useStore } from 'zustand'
import { wireKinds } from '../../shared/wire'
import { holding } from '../state/holding'
import { useApp, useSession } from '../state/hooks'
import type { CardPort } from './card-ports'
import { portKey } from './connecting'
import { inHandle, outHandle } from './flow-mapping'
import { startHolding } from './wiring'

/**
 * One end for wires. React Flow only measures it (by its class and `data-handle…`); the hand is followed by wiring.ts, so that a port that nobody touches costs nothing.
 * Its shape tells the family (round: values, diamond: tokens, square: weights, ring: model), so that hue is never the only sign.
 */
export const Port = memo(function Port({ node, port, side }: { node: string; port: CardPort; side: 'in' | 'out' }) {
  const handle = side === 'in' ? inHandle(port.name) : outHandle(port.name)
  const fit = useStore(holding, (state) => fitOf(state, portKey(node, handle), node, side))
  const app = useApp()
  const session = useSession()
  const classes = [
    'port nodrag nopan',
    side === 'in' ? 'target' : 'source',
    port.list ? 'is-list' : '',
    port.wired ? 'is-wired' : '',
    port.open ? 'is-open' : '',
    port.missing ? 'is-missing' : '',
    fit,
  ]
  const label = `${side === 'in' ? 'Input' : 'Output'} ${port.name || node.slice(1)}: ${wireKinds[port.kind].title}${port.list ? ', a list' : ''}${port.open ? ', needs a wire' : ''}`
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
      title={`${port.name || node.slice(1)} · ${wireKinds[port.kind].title}${port.summary ? `\n${port.summary}` : ''}`}
      onPointerDown={(event) => startHolding(app, session, { node, handle, side }, event.nativeEvent)}
    />
  )
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
          <span className={input.isParam ? 'port-name is-param' : 'port-name'}>{input.name}</span>
        </span>
      ) : null}
      {output ? (
        <span className="port-side out">
          <span className="port-name">{output.name}</span>
          <Port node={node} port={output} side="out" />
        </span>
      ) : null}
    </div>
  )
})
