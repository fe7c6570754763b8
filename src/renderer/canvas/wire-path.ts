import type { Point } from '../state/view'

type Points = readonly (readonly [number, number])[]

/** A cubic piece; `stretches`: how many straight ones stand for it. */
interface Piece {
  readonly from: Point
  readonly out: Point
  readonly into: Point
  readonly to: Point
  readonly stretches: number
}

/**
 * The line of a wire from output to input, through its points. It leaves to the right and arrives from the left, and goes through a point the way that the
 * wire is going there. Back and up or down between two cards: out, along the middle between both ends, and in again, so that it runs between rows of cards and
 * not across them. Pure.
 */
export function wirePath(start: Point, points: Points, end: Point): string {
  const pieces = piecesOf(start, points, end).map(({ out, into, to, stretches }) =>
    stretches === 1 ? `L${to.x},${to.y}` : `C${out.x},${out.y} ${into.x},${into.y} ${to.x},${to.y}`,
  )
  return `M${start.x},${start.y} ${pieces.join(' ')}`
}

/** The same line as short straight stretches, for what asks where it is. */
export function wireLine(start: Point, points: Points, end: Point): Point[] {
  const along = piecesOf(start, points, end).flatMap(({ from, out, into, to, stretches }) =>
    Array.from({ length: stretches }, (_, i) => {
      const t = (i + 1) / stretches
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3]
      return { x: a * from.x + b * out.x + c * into.x + d * to.x, y: a * from.y + b * out.y + c * into.y + d * to.y }
    }),
  )
  return [start, ...along]
}

/** How far a place is from a line of stretches. */
export const distanceToLine = (at: Point, line: readonly Point[]): number =>
  Math.min(...line.slice(1).map((to, i) => distanceTo(at, line[i] ?? to, to)))

/** How far a wire that goes back stands out of its cards, and how round its corners are. */
const standOut = 30
const radius = 22

function piecesOf(start: Point, points: Points, end: Point): Piece[] {
  const stops = [start, ...points.map(([x, y]) => ({ x, y })), end]
  const ways = stops.map((_, i) => wayAt(stops, i))
  return stops.slice(1).flatMap((to, i) => {
    const from = stops[i] ?? start
    const [out, into] = [ways[i] ?? 1, ways[i + 1] ?? 1]
    const isBack = from.x - to.x > 2 * standOut && Math.abs(to.y - from.y) >= 4 * radius
    if (out > 0 && into > 0 && isBack) return aroundPieces(from, to)
    const bend = out === into ? bendOf((to.x - from.x) * out, points.length > 0) : turn(from, to)
    return [{ from, out: { x: from.x + out * bend, y: from.y }, into: { x: to.x - into * bend, y: to.y }, to, stretches: 14 }]
  })
}

/** Whether a wire goes to the right (1) or back (−1) where it passes a stop: ends always to the right. */
function wayAt(stops: readonly Point[], i: number): 1 | -1 {
  const [before, after] = [stops[i - 1], stops[i + 1]]
  return before && after && after.x < before.x ? -1 : 1
}

/** How far a piece goes straight before it turns. Against its own way a wire needs room to turn around in. */
function bendOf(ahead: number, isShort: boolean): number {
  if (ahead >= 0) return ahead * 0.5
  return Math.min(isShort ? 60 : 160, 25 * 0.32 * Math.sqrt(-ahead))
}

/** How far a piece swings out that comes back. */
const turn = (from: Point, to: Point): number => Math.min(60, Math.max(24, Math.abs(to.y - from.y) * 0.3))

/** Straight lines with four round corners. */
function aroundPieces(from: Point, to: Point): Piece[] {
  const middle = (from.y + to.y) / 2
  const corners = [
    { x: from.x + standOut, y: from.y },
    { x: from.x + standOut, y: middle },
    { x: to.x - standOut, y: middle },
    { x: to.x - standOut, y: to.y },
  ]
  const pieces: Piece[] = []
  let at = from
  for (const [i, corner] of corners.entries()) {
    const before = towards(corner, at)
    const after = towards(corner, corners[i + 1] ?? to)
    pieces.push(straight(at, before), { from: before, out: nearly(before, corner), into: nearly(after, corner), to: after, stretches: 4 })
    at = after
  }
  return [...pieces, straight(at, to)]
}

const straight = (from: Point, to: Point): Piece => ({ from, out: from, into: to, to, stretches: 1 })

/** From a corner as far as it is round, towards another place in its row or column. */
const towards = (corner: Point, place: Point): Point => ({
  x: corner.x + Math.sign(place.x - corner.x) * radius,
  y: corner.y + Math.sign(place.y - corner.y) * radius,
})

/** Handle of a cubic that is nearly a quarter of a circle. */
const nearly = (end: Point, corner: Point): Point => ({ x: end.x + (corner.x - end.x) * 0.55, y: end.y + (corner.y - end.y) * 0.55 })

/** Which gap between the stops of a wire is nearest to a place: where a new point goes. */
export function gapAt(start: Point, points: Points, end: Point, at: Point): number {
  const stops = [start, ...points.map(([x, y]) => ({ x, y })), end]
  const distances = stops.slice(1).map((to, i) => distanceTo(at, stops[i] ?? start, to))
  return distances.indexOf(Math.min(...distances))
}

function distanceTo(at: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length))
  return Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy)
}

/** Do the stretches a–b and c–d cross? Touching counts. */
export function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x))
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}
