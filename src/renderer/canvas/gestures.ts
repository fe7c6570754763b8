import { type RefObject, useEffect } from 'react'
import type { App } from '../state/app'
import type { Session } from '../state/session'
import { bendWire, dragReroute, dropReroute } from './bending'
import { startSlicing } from './slicing'
import { startBranch } from './wiring'

/** What the hand does beyond React Flow's own drags. Each is taken before React Flow sees the press. */
export function useGestures(app: App, session: Session, frame: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const press = (event: PointerEvent) => {
      const act = gestureFor(app, session, event)
      if (!act) return
      // Without the mouse events that follow a press, neither a marquee nor a pan begins.
      event.preventDefault()
      event.stopPropagation()
      act()
    }
    const doublePress = (event: MouseEvent) => {
      const dot = dotAt(event.target)
      if (!dot) return
      event.stopPropagation()
      dropReroute(session, dot.wire, dot.index)
    }
    const swallow = (event: MouseEvent) => {
      if (isPane(event.target) && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        event.stopPropagation()
      }
    }
    element.addEventListener('pointerdown', press, true)
    element.addEventListener('dblclick', doublePress, true)
    element.addEventListener('contextmenu', swallow, true)
    return () => {
      element.removeEventListener('pointerdown', press, true)
      element.removeEventListener('dblclick', doublePress, true)
      element.removeEventListener('contextmenu', swallow, true)
    }
  }, [app, session, frame])
}

function gestureFor(app: App, session: Session, event: PointerEvent): (() => void) | undefined {
  const { button, altKey, shiftKey } = event
  const mod = event.ctrlKey || event.metaKey
  const dot = dotAt(event.target)
  if (dot && button === 0) return () => dragReroute(app, session, dot.wire, dot.index, event)
  const wire = wireAt(event.target)
  if (wire !== undefined && ((button === 0 && altKey) || button === 1)) return () => bendWire(app, session, wire, event)
  if (wire !== undefined && button === 0 && shiftKey) return () => startBranch(app, session, wire, event)
  if (isPane(event.target) && ((button === 0 && altKey) || (button === 2 && mod))) return () => startSlicing(app, session, event)
  return undefined
}

const wireAt = (target: EventTarget | null): string | undefined =>
  (target instanceof Element && target.closest('.react-flow__edge')?.getAttribute('data-id')) || undefined

function dotAt(target: EventTarget | null): { readonly wire: string; readonly index: number } | undefined {
  const dot = target instanceof Element ? target.closest<SVGElement>('[data-reroute]') : null
  return dot ? { wire: dot.dataset.wire ?? '', index: Number(dot.dataset.reroute) } : undefined
}

export const isPane = (target: EventTarget | null): boolean => target instanceof Element && target.classList.contains('react-flow__pane')
