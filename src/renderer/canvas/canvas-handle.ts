import { useNodesInitialized, useReactFlow, useStoreApi } from '@xyflow/react'
import { type RefObject, useEffect, useRef } from 'react'
import type { App } from '../state/app'
import { activeSession } from '../state/app'
import type { Point } from '../state/view'
import { remember } from '../state/visits'
import { farZoom, fitZoom } from './fit'
import type { FlowNode } from './flow-mapping'

/** Below this zoom, and at or above the far one, cards are set larger than life. */
const smallZoom = 0.7
/** Between a node that was chosen and the edge of the canvas, in pixels. */
const margin = 24

/** Hands the app what only a mounted canvas can do. */
export function useCanvasHandle(app: App, frame: RefObject<HTMLDivElement | null>, fitsFirst: boolean): void {
  const api = useReactFlow<FlowNode>()
  const store = useStoreApi<FlowNode>()
  const fitNow = useRef(() => {})
  useEffect(() => {
    let pointer: Point | undefined
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
    const fitAll = (duration: number) => {
      const bounds = api.getNodesBounds(api.getNodes())
      const { width, height } = store.getState()
      const zoom = fitZoom(bounds, { width, height })
      const { x, y } = { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 }
      return api.setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom }, { duration })
    }
    fitNow.current = () => void fitAll(0)
    const handle: NonNullable<App['canvas']> = {
      toFlow: (screen) => api.screenToFlowPosition(screen),
      toScreen: (at) => api.flowToScreenPosition(at),
      centre: () => api.screenToFlowPosition(middle()),
      pointer: () => pointer ?? middle(),
      fit: (ids) => {
        const session = activeSession(app)
        if (session) remember(app, session)
        void (ids ? api.fitView({ nodes: ids.map((id) => ({ id })), padding: 0.3, maxZoom: 1.25, duration: calm() }) : fitAll(calm()))
      },
      reveal: (id) => {
        const box = element?.getBoundingClientRect()
        const node = element?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect()
        if (!box || !node) return
        const beyond = Math.min(node.right + margin - box.right, node.left - box.left)
        const { x, y, zoom } = api.getViewport()
        if (beyond > 0) void api.setViewport({ x: x - beyond, y, zoom }, { duration: calm() })
      },
      zoomTo: (zoom) => void api.zoomTo(zoom, { duration: calm() }),
      zoomBy: (factor) => void api.zoomTo(api.getZoom() * factor, { duration: calm() / 2 }),
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
    // Level of detail is a class on the frame: crossing the threshold draws no card again.
    const showDetail = () => {
      const zoom = store.getState().transform[2] + 1e-3
      element?.classList.toggle('is-far', zoom < farZoom)
      element?.classList.toggle('is-small', zoom >= farZoom && zoom < smallZoom)
    }
    showDetail()
    const stopWatching = store.subscribe(showDetail)
    return () => {
      stopWatching()
      element?.removeEventListener('pointermove', follow)
      element?.removeEventListener('pointerleave', leave)
      if (app.canvas === handle) app.canvas = undefined
    }
  }, [app, api, store, frame])
  // Once, as soon as the cards have been measured: before that nobody knows how much room they take.
  const measured = useNodesInitialized()
  const waits = useRef(fitsFirst)
  useEffect(() => {
    if (!measured || !waits.current) return
    waits.current = false
    fitNow.current()
  }, [measured])
}
