import { useReactFlow, useStoreApi } from '@xyflow/react'
import { type RefObject, useEffect } from 'react'
import type { App } from '../state/app'
import { type Session, shownIn } from '../state/session'
import type { Point } from '../state/view'
import { remember } from '../state/visits'
import { type DetailStore, detailAt } from './detail'
import type { Fitting } from './fitting'
import type { FlowNode } from './flow-mapping'
import { foldedInto } from './folded'

/** Below this zoom, and at or above the far one, cards are set larger than life. */
const smallZoom = 0.7
/** Between a node that was chosen and the edge of the canvas, in pixels. */
const margin = 24

/** A step that comes later than this begins at what is seen. */
const zoomingMs = 400

/** Hands the app what only a mounted canvas can do. */
export function useCanvasHandle(
  app: App,
  session: Session,
  frame: RefObject<HTMLDivElement | null>,
  detail: DetailStore,
  fitting: Fitting,
): void {
  const api = useReactFlow<FlowNode>()
  const store = useStoreApi<FlowNode>()
  useEffect(() => {
    let pointer: Point | undefined
    /** where the last step leads: the next one goes on from there, however far the movement has come */
    let zooming = { to: 1, until: 0 }
    const element = frame.current
    const middle = (): Point => {
      const box = element?.getBoundingClientRect()
      return box ? { x: box.left + box.width / 2, y: box.top + box.height / 2 } : { x: 0, y: 0 }
    }
    const follow = (event: PointerEvent) => {
      pointer = { x: event.clientX, y: event.clientY }
    }
    const leave = () => {
      pointer = undefined
    }
    element?.addEventListener('pointermove', follow, { passive: true })
    element?.addEventListener('pointerleave', leave, { passive: true })
    const calm = () =>
      document.documentElement.dataset.motion === 'reduced' || matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220
    const handle: NonNullable<App['canvas']> = {
      toFlow: (screen) => api.screenToFlowPosition(screen),
      toScreen: (at) => api.flowToScreenPosition(at),
      centre: () => api.screenToFlowPosition(middle()),
      pointer: () => pointer ?? middle(),
      hasPointer: () => pointer !== undefined,
      fit: (ids) => {
        remember(app, session)
        const folded = foldedInto(shownIn(session).ui)
        if (!ids) fitting.all(calm())
        else void api.fitView({ nodes: ids.map((id) => ({ id: folded.get(id) ?? id })), padding: 0.3, maxZoom: 1.25, duration: calm() })
      },
      stayPut: () => fitting.spare(),
      reveal: (id) => {
        const box = element?.getBoundingClientRect()
        const node = element?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect()
        if (!box || !node) return
        // what hangs out on the left comes in; on the right, as far as its left edge stays in view
        const beyond =
          node.left < box.left
            ? node.left - margin - box.left
            : Math.max(0, Math.min(node.right + margin - box.right, node.left - box.left))
        const { x, y, zoom } = api.getViewport()
        if (beyond !== 0) fitting.nudge({ x: x - beyond, y, zoom }, calm())
      },
      zoomTo: (zoom) => {
        zooming = { to: zoom, until: performance.now() + zoomingMs }
        void api.zoomTo(zoom, { duration: calm() })
      },
      zoomBy: (factor) => {
        const now = performance.now()
        const { minZoom, maxZoom } = store.getState()
        const from = now < zooming.until ? zooming.to : api.getZoom()
        zooming = { to: Math.max(minZoom, Math.min(maxZoom, from * factor)), until: now + zoomingMs }
        void api.zoomTo(zooming.to, { duration: calm() / 2 })
      },
      focus: (id) => {
        const target = id === undefined ? element : element?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
        if (target instanceof HTMLElement) target.focus({ preventScroll: true })
      },
      zoom: () => store.getState().transform[2],
      viewport: () => api.getViewport(),
      setViewport: (viewport) => void api.setViewport(viewport, { duration: calm() }),
      internals: () => store.getState().nodeLookup.values(),
      measured: (id) => {
        const node = store.getState().nodeLookup.get(id)
        const { width, height } = node?.measured ?? {}
        return width !== undefined && height !== undefined ? { width, height } : undefined
      },
    }
    app.canvas = handle
    // The size of type is a class on the frame: crossing that threshold draws no card again.
    const showDetail = () => {
      const zoom = store.getState().transform[2]
      const { far, wide } = detailAt(zoom)
      element?.classList.toggle('is-far', far)
      element?.classList.toggle('is-small', !far && zoom + 1e-3 < smallZoom)
      const shown = detail.getState()
      if (far !== shown.far || wide !== shown.wide) detail.setState({ far, wide })
    }
    showDetail()
    const stopWatching = store.subscribe(showDetail)
    return () => {
      stopWatching()
      element?.removeEventListener('pointermove', follow)
      element?.removeEventListener('pointerleave', leave)
      if (app.canvas === handle) app.canvas = undefined
    }
  }, [app, session, api, store, frame, detail, fitting])
}
