import type { Point } from '../state/view'

type Points = readonly (readonly [number, number])[]

/** The line of a wire from output to input, through its points: cubic pieces that leave to the right and arrive from the left. Pure. */
export function wirePath(start: Point, points: Points, end: Point): string {
  const pieces = piecesOf(start, points, end).map(
    ({ from, to, bend }) => `C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`,
  )
  return `M${start.x},${start.y} ${pieces.join(' ')}`
}

interface Piece {
  readonly from: Point
  readonly to: Point
  readonly bend: number
}

function piecesOf(start: Point, points: Points, end: Point): Piece[] {
  const stops = [start, ...points.map(([x, y]) => ({ x, y })), end]
  return stops.slice(1).map((to, i) => {
    const from = stops[i] ?? start
    return { from, to, bend: bendOf(from, to, points.length > 0) }
  })
}

const samples = 14

/** The same line as short straight stretches, for what asks where it is: 14 for each piece. */
export function wireLine(start: Point, points: Points, end: Point): Point[] {
  const along = piecesOf(start, points, end).flatMap(({ from, to, bend }) =>
    Array.from({ length: samples }, (_, i) => {
      const t = (i + 1) / samples
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3]
      return {
        x: a * from.x + b * (from.x + bend) + c * (to.x - bend) + d * to.x,
        y: (a + b) * from.y + (c + d) * to.y,
      }
    }),
  )
  return [start, ...along]
}

/** How far a place is from a line of stretches. */
export const distanceToLine = (at: Point, line: readonly Point[]): number =>
  Math.min(...line.slice(1).map((to, i) => distanceTo(at, line[i] ?? to, to)))

/** How far a piece goes straight before it turns. Backwards a wire needs room to turn around in. */
function bendOf(from: Point, to: Point, short: boolean): number {
  const dx = to.x - from.x
  if (dx >= 0) return dx * 0.5
  return Math.min(short ? 60 : 160, 25 * 0.32 * Math.sqrt(-dx))
}

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
