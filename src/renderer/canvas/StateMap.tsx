import { useReactFlow, useStoreApi } from '@xyflow/react'
import { type PointerEvent, useEffect, useRef } from 'react'
import { shownPath } from '../state/document'
import { useFlow, useSession, useView } from '../state/hooks'
import { prefixOf } from '../state/items'
import { type RunView, statusOf } from '../state/run'
import type { Session } from '../state/session'
import { drawnOf } from './flow-mapping'
import { coloursNow, drawMap, isAllInSight, type MapScale, mapScale } from './map-drawing'

/** The whole graph in the corner: cards in the colour of their run state, wires in that of their family. A press moves the canvas there. */
export function StateMap() {
  const shown = useView((view) => view.minimap)
  const isEmpty = useFlow((flow) => flow.nodes.length === 0)
  return shown && !isEmpty ? <Picture /> : null
}

export const mapSize = { width: 168, height: 112 }
/** Between two drawings: the map of a drag may lag, the drag may not. */
const pauseMs = 90

function Picture() {
  const session = useSession()
  const flow = useStoreApi()
  const api = useReactFlow()
  const ref = useRef<HTMLCanvasElement>(null)
  const scale = useRef<MapScale | undefined>(undefined)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let colour = coloursNow()
    const draw = () => {
      timer = undefined
      const canvas = ref.current
      if (!canvas) return
      const { transform, width, height } = flow.getState()
      const [x, y, zoom] = transform
      const view = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }
      const { wires, nodes: all } = session.flow.getState()
      const nodes = drawnOf(all)
      // Where all is in sight, or the canvas is hardly higher than the map, it would only hide cards.
      const isNeedless = height < 2.8 * mapSize.height || isAllInSight(nodes, view)
      canvas.classList.toggle('is-needless', isNeedless)
      if (isNeedless) return
      scale.current = mapScale(nodes, view, mapSize)
      drawMap(canvas, scale.current, view, { nodes, wires, status: statusIn(session), colour })
    }
    const soon = () => {
      timer ??= setTimeout(draw, pauseMs)
    }
    draw()
    const theme = new MutationObserver(() => {
      colour = coloursNow()
      soon()
    })
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const ends = [
      session.flow.subscribe(soon),
      session.run.subscribe((now, before) => {
        if (phasesDiffer(now, before)) soon()
      }),
      session.items.subscribe(soon),
      flow.subscribe((now, before) => {
        if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) soon()
      }),
    ]
    return () => {
      clearTimeout(timer)
      theme.disconnect()
      for (const end of ends) end()
    }
  }, [session, flow])
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    const at = scale.current
    if (!at || (event.type === 'pointermove' && event.buttons === 0)) return
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId)
    const box = event.currentTarget.getBoundingClientRect()
    const x = (event.clientX - box.left) / at.factor + at.x
    const y = (event.clientY - box.top) / at.factor + at.y
    void api.setCenter(x, y, { zoom: api.getZoom() })
  }
  return (
    <canvas
      ref={ref}
      className="state-map"
      role="img"
      aria-label="Map of the graph"
      data-testid="state-map"
      width={mapSize.width * 2}
      height={mapSize.height * 2}
      onPointerDown={go}
      onPointerMove={go}
      onWheel={(event) => void api.zoomTo(api.getZoom() * (event.deltaY < 0 ? 1.15 : 0.87))}
    />
  )
}

/** Text that comes changes no colour. */
function phasesDiffer(now: RunView, before: RunView): boolean {
  if (now.stale !== before.stale) return true
  const [is, was] = [now.state.nodes, before.state.nodes]
  return is !== was && Object.keys(is).some((id) => is[id]?.phase !== was[id]?.phase)
}

const statusIn = (session: Session) => {
  const run = session.run.getState()
  const prefix = prefixOf(session.items.getState(), run.state.nodes, shownPath(session.document.getState()))
  return (id: string) => statusOf(run, prefix + id)
}
