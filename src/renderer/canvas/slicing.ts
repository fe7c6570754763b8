import { createStore } from 'zustand/vanilla'
import { disconnect } from '../../shared/graph/edit'
import { plural } from '../parts/format'
import type { App } from '../state/app'
import { edit, type Session } from '../state/session'
import type { Point } from '../state/view'
import { follow } from './following'
import { crosses } from './wire-path'
import { lineOf, wirePlaces } from './wire-places'

/** The trace of a knife over the canvas, in pixels of the window; empty while nobody cuts. */
export const slicing = createStore<{ readonly trace: readonly Point[] }>(() => ({ trace: [] }))

/** From the press on: every wire that the trace crosses is cut when the hand lets go, in one step. */
export function startSlicing(app: App, session: Session, down: PointerEvent): void {
  if (session.document.getState().readOnly) return
  const add = (event: PointerEvent) => slicing.setState(({ trace }) => ({ trace: [...trace, { x: event.clientX, y: event.clientY }] }))
  const clear = () => slicing.setState({ trace: [] })
  slicing.setState({ trace: [{ x: down.clientX, y: down.clientY }] })
  follow({
    move: add,
    end: () => {
      const cut = wiresCut(app, session, slicing.getState().trace)
      clear()
      const wires = session.flow.getState().wires.flatMap(({ id, data }) => (data && cut.has(id) ? [{ from: data.from, to: data.to }] : []))
      if (wires.length > 0) edit(session, `Cut ${plural(wires.length, 'wire')}`, (document) => disconnect(document, { wires }))
      app.canvas?.focus()
    },
    cancel: clear,
  })
}

/** Ids of the drawn wires that a trace crosses; one that is sent by name is drawn nowhere. */
function wiresCut({ canvas }: App, session: Session, trace: readonly Point[]): ReadonlySet<string> {
  if (!canvas) return new Set()
  const cut = trace.map((point) => canvas.toFlow(point))
  const nodes = new Map([...canvas.internals()].map((node) => [node.id, node]))
  const drawn = session.flow.getState().wires.filter(({ data }) => data?.layout?.name === undefined)
  return new Set(wirePlaces(nodes, drawn).flatMap((place) => (isCut(cut, lineOf(place)) ? [place.wire.id] : [])))
}

/** Do two lines of stretches cross anywhere? */
export function isCut(trace: readonly Point[], line: readonly Point[]): boolean {
  for (let i = 1; i < trace.length; i++)
    for (let j = 1; j < line.length; j++) {
      const [a, b, c, d] = [trace[i - 1], trace[i], line[j - 1], line[j]]
      if (a && b && c && d && crosses(a, b, c, d)) return true
    }
  return false
}
