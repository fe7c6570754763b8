/** How a graph is brought into view. Pure. */

/** Below this zoom a card is its title and what it said first. */
export const farZoom = 0.5

/** Room around the graph, as a part of the canvas at each side. */
const fitPadding = 0.06

interface Size {
  readonly width: number
  readonly height: number
}

/** The part of a graph that counts as all of it: what is cut off at the edges is mostly empty. */
const mostOfIt = 0.9

/**
 * The zoom that shows a graph of `bounds` (canvas units) on a `frame` (pixels): all of it, at most at full size.
 * A graph that would be just too small to read is shown at the smallest readable size instead, as long as at least 90 % of its area stays in view.
 */
export function fitZoom(bounds: Size, frame: Size, padding = fitPadding): number {
  if (bounds.width <= 0 || bounds.height <= 0 || frame.width <= 0 || frame.height <= 0) return 1
  const room = 1 - 2 * padding
  const whole = Math.min((frame.width * room) / bounds.width, (frame.height * room) / bounds.height, 1)
  if (whole >= farZoom) return whole
  const seen = Math.min(1, frame.width / farZoom / bounds.width) * Math.min(1, frame.height / farZoom / bounds.height)
  return seen >= mostOfIt ? farZoom : whole
}

/** The viewport that shows a graph: in the middle, at `fitZoom`. */
export function fitViewport(bounds: Size & { readonly x: number; readonly y: number }, frame: Size) {
  const zoom = fitZoom(bounds, frame)
  return {
    x: frame.width / 2 - (bounds.x + bounds.width / 2) * zoom,
    y: frame.height / 2 - (bounds.y + bounds.height / 2) * zoom,
    zoom,
  }
}
