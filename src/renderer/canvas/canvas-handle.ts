import { useReactFlow, useStoreApi } from '@xyflow/react'
import { type RefObject, useEffect } from 'react'
import type { App } from '../state/app'
import type { Point } from '../state/view'
import type { FlowNode } from './flow-mapping'

/** Below this zoom a card is its title. */
const farZoom = 0.6

/** Hands the app what only a mounted canvas can do. */
export function useCanvasHandle(app: App, frame: RefObject<HTMLDivElement | null>): void {
  const api = useReactFlow<FlowNode>()
  const store = useStoreApi<FlowNode>()
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
    const handle: NonNullable<App['canvas']> = {
      toFlow: (screen) => api.screenToFlowPosition(screen),
      toScreen: (at) => api.flowToScreenPosition(at),
      centre: () => api.screenToFlowPosition(middle()),
      pointer: () => pointer ?? middle(),
      fit: (ids) =>
        void api.fitView({
          ...(ids ? { nodes: ids.map((id) => ({ id })) } : {}),
          padding: ids ? 0.3 : 0.16,
          maxZoom: ids ? 1.25 : 1,
          duration: calm(),
        }),
      zoomTo: (zoom) => void api.zoomTo(zoom, { duration: calm() }),
      zoomBy: (factor) => void api.zoomTo(api.getZoom() * factor, { duration: calm() / 2 }),
      focus: (id) => {
        const target = id === undefined ? element : element?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
        if (target instanceof HTMLElement) target.focus({ preventScroll: true })
      },
      zoom: () => store.getState().transform[2],
      internals: () => store.getState().nodeLookup.values(),
      measured: (id) => {
        const node = store.getState().nodeLookup.get(id)
        const { width, height } = node?.measured ?? {}
        return width !== undefined && height !== undefined ? { width, height } : undefined
      },
    }
    app.canvas = handle
    // Level of detail is a class on the frame: crossing the threshold draws no card again.
    const showDetail = () => element?.classList.toggle('is-far', store.getState().transform[2] < farZoom)
    showDetail()
    const stopWatching = store.subscribe(showDetail)
    return () => {
      stopWatching()
      element?.removeEventListener('pointermove', follow)
      element?.removeEventListener('pointerleave', leave)
      if (app.canvas === handle) app.canvas = undefined
    }
  }, [app, api, store, frame])
}
