import { useStoreApi, ViewportPortal } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useRun, useRunPrefix } from '../state/hooks'
import { apart } from './apart'
import { strandsOf } from './far-wires'
import type { FlowNode, FlowWire } from './flow-mapping'
import { countRender } from './render-count'
import { samePlaces, type WirePlace, wireAt, wirePlaces } from './wire-places'

/** Pixels within which a wire is under the pointer. */
const reach = 8

/** All wires that need no element of their own, drawn as a few lines. The one that the pointer comes near to is taken out, so that it can be pressed like any other. */
export function FarWires({ wires }: { wires: readonly FlowWire[] }) {
  countRender('wire:')
  const hidden = wires.length === 0
  const flow = useStoreApi<FlowNode>()
  const running = useRunning()
  const [places, setPlaces] = useState<readonly WirePlace[]>([])
  const now = useRef(places)
  now.current = places
  useEffect(() => {
    if (hidden) return undefined
    let frame = 0
    const find = () => {
      frame = 0
      const found = wirePlaces(flow.getState().nodeLookup, wires)
      if (!samePlaces(now.current, found)) setPlaces(found)
    }
    find()
    const stop = flow.subscribe((state, before) => {
      // A pan moves everything and changes nothing.
      if (state.transform === before.transform && frame === 0) frame = requestAnimationFrame(find)
    })
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [flow, wires, hidden])
  useEffect(() => {
    const root = flow.getState().domNode
    if (hidden || !root) return undefined
    const follow = (event: PointerEvent) => {
      if (event.buttons !== 0 || !(event.target instanceof Element) || event.target.closest('.react-flow__edge')) return
      const { transform } = flow.getState()
      const [x, y, zoom] = transform
      const box = root.getBoundingClientRect()
      const at = { x: (event.clientX - box.left - x) / zoom, y: (event.clientY - box.top - y) / zoom }
      const over = event.target.classList.contains('react-flow__pane')
      const hovered = over ? wireAt(now.current, at, reach / zoom)?.id : undefined
      if (hovered !== apart.getState().hovered) apart.setState({ hovered })
    }
    root.addEventListener('pointermove', follow, { passive: true })
    return () => {
      root.removeEventListener('pointermove', follow)
      apart.setState({ hovered: undefined })
    }
  }, [flow, hidden])
  const strands = useMemo(() => strandsOf(places, running), [places, running])
  if (hidden) return null
  return (
    <ViewportPortal>
      <svg className="guide-layer far-wires" aria-hidden data-testid="far-wires" data-wires={places.length}>
        {strands.map(({ key, className, family, list, line }) => (
          <g key={key} className={className} data-family={family}>
            {list ? <path className="wire-wide" d={line} /> : null}
            <path className="wire-path" d={line} />
          </g>
        ))}
      </svg>
    </ViewportPortal>
  )
}

/** Ids, in the shown graph, of the nodes at work; the same set while they are the same. */
function useRunning(): ReadonlySet<string> {
  const prefix = useRunPrefix()
  const ids = useRun(({ state }) =>
    Object.keys(state.nodes)
      .filter((id) => state.nodes[id]?.phase === 'running' && id.startsWith(prefix))
      .join('\n'),
  )
  return useMemo(() => new Set(ids.split('\n').map((id) => id.slice(prefix.length))), [ids, prefix])
}
