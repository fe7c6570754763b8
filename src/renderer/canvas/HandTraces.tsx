import { ViewportPortal } from '@xyflow/react'
import { useStore } from 'zustand'
import { guides } from './guides'
import { slicing } from './slicing'

/** Lines that a dragged card lines up with. */
export function Guides() {
  const lines = useStore(guides, (state) => state.lines)
  if (lines.length === 0) return null
  return (
    <ViewportPortal>
      <svg className="guide-layer" aria-hidden data-testid="guides">
        {lines.map(({ along, at, from, to }) =>
          along === 'x' ? (
            <line key={`x${at}`} className="guide" x1={at} x2={at} y1={from} y2={to} />
          ) : (
            <line key={`y${at}`} className="guide" x1={from} x2={to} y1={at} y2={at} />
          ),
        )}
      </svg>
    </ViewportPortal>
  )
}

/** The trace of the knife. */
export function Knife() {
  const trace = useStore(slicing, (state) => state.trace)
  if (trace.length === 0) return null
  return (
    <svg className="knife" aria-hidden data-testid="knife">
      <polyline points={trace.map(({ x, y }) => `${x},${y}`).join(' ')} />
    </svg>
  )
}
