import { drawnOf, sizeOf } from '../canvas/flow-mapping'
import type { Session } from './session'
import type { PaletteRequest, Point } from './view'

const besideGap = 48
const cardWidth = 240
const cardHeight = 120

/** Where something new goes: what gives a value ends at the pointer, clear of every card; anything else begins there. */
export function placeFor(session: Session, { at, held }: Pick<PaletteRequest, 'at' | 'held'>): Point {
  if (held?.side !== 'to') return freePlace(session, at)
  const place = { x: Math.round(at.x - cardWidth), y: Math.round(at.y) }
  for (const box of boxesOf(session).reverse()) {
    const isOver =
      place.x < box.x + box.width && place.x + cardWidth > box.x && place.y < box.y + box.height && place.y + cardHeight > box.y
    if (isOver) place.x = Math.round(box.x - besideGap - cardWidth)
  }
  return place
}

/** Nothing is put down on a card: what would be goes to its right, and on. Containers of notes and frames are no obstacle. */
function freePlace(session: Session, at: Point): Point {
  const boxes = boxesOf(session)
  const place = { x: Math.round(at.x), y: Math.round(at.y) }
  for (const box of boxes)
    if (place.x >= box.x - 8 && place.x < box.x + box.width && place.y >= box.y - 8 && place.y < box.y + box.height)
      place.x = Math.round(box.x + box.width + besideGap)
  return place
}

/** What nothing is put down on, from left to right. */
const boxesOf = (session: Session) =>
  drawnOf(session.flow.getState().nodes)
    .filter(({ type, handles }) => type !== 'note' && (type !== 'frame' || handles))
    .map((node) => ({ ...node.position, ...sizeOf(node) }))
    .sort((a, b) => a.x - b.x)
