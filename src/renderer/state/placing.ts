import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import { cardPorts } from '../canvas/card-ports'
import { cardShape } from '../canvas/card-shape'
import { cardWidth, inputWidth, outputWidth } from '../canvas/card-sizes'
import { drawnOf } from '../canvas/flow-mapping'
import { type Box, boxOf } from '../canvas/guides'
import type { Session } from './session'
import type { PaletteRequest, Point } from './view'

interface Size {
  readonly width: number
  readonly height: number
}

/** Between two cards that are put beside each other, and the least that a card keeps from another. */
const besideGap = 48
const leastGap = 8
/** Only what stands this near to the place that was meant decides where something goes. */
const reach = 1600
const mostNear = 24

/** How large the ends of a graph are when they are new. */
export const sizeOfEnd = { inputs: { width: inputWidth, height: 120 }, outputs: { width: outputWidth, height: 150 } } as const

/** How large the card of a new node is, before it was ever drawn. */
export function sizeOfNew(document: GraphDocument, spec: NodeSpec | undefined): Size {
  if (!spec) return { width: cardWidth, height: 120 }
  const node = { type: spec.type, v: spec.version, params: {} }
  const alone = { ...document, nodes: { node }, wires: [], ui: { ...document.ui, nodes: {} } }
  const ports = cardPorts(alone, new Map([[spec.type, spec]]), 'node')
  return { width: cardWidth, height: cardShape({ node, spec, ports, collapsed: false }).height }
}

/** Where something new goes, whole and clear of every card: what gives a value ends at the pointer, anything else begins there. */
export function placeFor(session: Session, { at, held }: Pick<PaletteRequest, 'at' | 'held'>, size: Size): Point {
  const cards = drawnOf(session.flow.getState().nodes)
    .filter(({ type, handles }) => type !== 'note' && (type !== 'frame' || handles))
    .map(boxOf)
  const wanted = held?.side === 'to' ? { x: at.x - size.width, y: at.y } : at
  return freePlace(cards, { x: Math.round(wanted.x), y: Math.round(wanted.y) }, size, held?.side === 'to' ? 'left' : undefined)
}

/**
 * The place nearest to the one that was meant where a box of that size lies on no card: there, or beside, above or below a card. `only`: what feeds another goes
 * to its left and nowhere else. Pure.
 */
export function freePlace(cards: readonly Box[], wanted: Point, size: Size, only?: 'left'): Point {
  const isFree = ({ x, y }: Point) =>
    cards.every(
      (box) =>
        x + size.width + leastGap <= box.x ||
        x >= box.x + box.width + leastGap ||
        y + size.height + leastGap <= box.y ||
        y >= box.y + box.height + leastGap,
    )
  if (isFree(wanted)) return wanted
  const far = ({ x, y }: Point) => Math.abs(x - wanted.x) + Math.abs(y - wanted.y)
  const near = cards
    .filter((box) => far(box) <= reach)
    .sort((a, b) => far(a) - far(b))
    .slice(0, mostNear)
  const lefts = near.map((box) => Math.round(box.x - besideGap - size.width))
  const xs = only === 'left' ? lefts : [...lefts, ...near.map((box) => Math.round(box.x + box.width + besideGap))]
  const ys = only === 'left' ? [] : near.flatMap((box) => [box.y - besideGap / 2 - size.height, box.y + box.height + besideGap / 2])
  const places = [wanted.x, ...xs].flatMap((x) => [wanted.y, ...ys.map(Math.round)].map((y) => ({ x, y })))
  const free = places.filter((place) => (only !== 'left' || place.x <= wanted.x) && isFree(place)).sort((a, b) => far(a) - far(b))[0]
  // among very many cards: left or right of all of them
  const [least, most] = [Math.min(...cards.map((box) => box.x)), Math.max(...cards.map((box) => box.x + box.width))]
  return free ?? { x: Math.round(only === 'left' ? least - besideGap - size.width : most + besideGap), y: wanted.y }
}
