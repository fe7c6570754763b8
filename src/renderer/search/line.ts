import type { Metric } from '../../shared/run/fold'
import type { Box } from './curve'

export interface Line {
  readonly points: readonly { readonly x: number; readonly y: number; readonly alpha: number; readonly loss: number }[]
  /** through the points: `x,y` pairs */
  readonly path: string
  readonly low: number
  readonly high: number
  /** the straight line between both ends, when both are there */
  readonly ends?: string
  /** the most above it, strictly between the ends */
  readonly barrier?: { readonly value: number; readonly alpha: number }
}

/** Lays out losses by α (0 left, 1 right) in a box, small losses below. Values that are no numbers are left out; none left gives nothing. */
export function lineOf(metrics: readonly Metric[], box: Box): Line | undefined {
  const told = metrics.flatMap(({ value, point }) =>
    Number.isFinite(value) && point?.[0] !== undefined ? [{ alpha: point[0], loss: value }] : [],
  )
  // a run that was repeated tells a point again
  const known = [...new Map(told.map((one) => [one.alpha, one])).values()].sort((a, b) => a.alpha - b.alpha)
  if (known.length === 0) return undefined
  const losses = known.map(({ loss }) => loss)
  const [low, high] = [Math.min(...losses), Math.max(...losses)]
  const x = (alpha: number) => box.left + alpha * box.width
  const y = (loss: number) => box.top + box.height * (high > low ? (high - loss) / (high - low) : 0.5)
  const points = known.map(({ alpha, loss }) => ({ x: x(alpha), y: y(loss), alpha, loss }))
  const path = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ')
  const [first, last] = [known.find(({ alpha }) => alpha === 0), known.find(({ alpha }) => alpha === 1)]
  if (!first || !last) return { points, path, low, high }
  const inner = known
    .filter(({ alpha }) => alpha > 0 && alpha < 1)
    .map(({ alpha, loss }) => ({ value: loss - (1 - alpha) * first.loss - alpha * last.loss, alpha }))
  const ends = `${x(0).toFixed(1)},${y(first.loss).toFixed(1)} ${x(1).toFixed(1)},${y(last.loss).toFixed(1)}`
  return {
    points,
    path,
    low,
    high,
    ends,
    ...(inner.length > 0 ? { barrier: inner.reduce((most, one) => (one.value > most.value ? one : most)) } : {}),
  }
}
