import { createStore } from 'zustand/vanilla'
import { addReroute, moveReroute, removeReroute } from '../../shared/graph/edit'
import type { App } from '../state/app'
import { edit, type Session } from '../state/session'
import type { Point } from '../state/view'
import { endsOf } from './flow-mapping'
import { follow } from './following'
import { gapAt } from './wire-path'

/** A point of a wire that is being dragged: drawn at once, committed when the hand lets go. */
type Points = readonly (readonly [number, number])[]
export const bending = createStore<{ readonly wire: string | undefined; readonly points: Points }>(() => ({ wire: undefined, points: [] }))

/** Alt+click or middle click on a wire: a point there, which follows the pointer until it is let go. */
export function bendWire(app: App, session: Session, wire: string, down: PointerEvent): void {
  const found = session.flow.getState().wires.find(({ id }) => id === wire)
  const { canvas } = app
  if (!found?.data || !canvas) return
  const points = found.data.layout?.points ?? []
  const at = canvas.toFlow({ x: down.clientX, y: down.clientY })
  const ends = endsOf(session.flow.getState().nodes, found)
  const gap = ends ? gapAt(ends.start, points, ends.end, at) : points.length
  const grown: Points = [...points.slice(0, gap), [at.x, at.y], ...points.slice(gap)]
  bendAlong(
    app,
    session,
    wire,
    grown,
    gap,
    down,
    (x, y) => edit(session, 'Bend wire', (document) => addReroute(document, { wire: wireOf(found.data), at: gap, x, y })),
    true,
  )
}

/** An existing point under the hand. */
export function dragReroute(app: App, session: Session, wire: string, index: number, down: PointerEvent): void {
  const data = session.flow.getState().wires.find(({ id }) => id === wire)?.data
  if (!data) return
  bendAlong(app, session, wire, data.layout?.points ?? [], index, down, (x, y) =>
    edit(session, 'Move point', (document) => moveReroute(document, { wire: wireOf(data), at: index, x, y })),
  )
}

export function dropReroute(session: Session, wire: string, index: number): void {
  const data = session.flow.getState().wires.find(({ id }) => id === wire)?.data
  if (data) edit(session, 'Straighten wire', (document) => removeReroute(document, { wire: wireOf(data), at: index }))
}

const wireOf = (data: { readonly from: string; readonly to: string } | undefined) => ({ from: data?.from ?? '', to: data?.to ?? '' })

function bendAlong(
  app: App,
  session: Session,
  wire: string,
  points: Points,
  index: number,
  down: PointerEvent,
  commit: (x: number, y: number) => void,
  isNew = false,
): void {
  if (session.document.getState().readOnly) return
  const place = (event: PointerEvent): Point => app.canvas?.toFlow({ x: event.clientX, y: event.clientY }) ?? { x: 0, y: 0 }
  const show = ({ x, y }: Point) => bending.setState({ wire, points: points.map((point, i) => (i === index ? [x, y] : point)) })
  const end = () => bending.setState({ wire: undefined, points: [] })
  show(place(down))
  follow({
    move: (event) => show(place(event)),
    end: (event) => {
      const { x, y } = place(event)
      const [known] = points[index] ? [points[index]] : []
      const still = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 3
      // A click on a point that was there moves nothing; a new point stays where the click was.
      if (!still || isNew) commit(Math.round(still && known ? known[0] : x), Math.round(still && known ? known[1] : y))
      end()
    },
    cancel: end,
  })
}
