import type { Metric } from '../../shared/run/fold'
import { scoreMetric } from '../../shared/run/search-metrics'

/** Where points lie in a drawing. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface Curve {
  readonly points: readonly { readonly x: number; readonly y: number; readonly metric: Metric }[]
  /** through the best so far, as a staircase: `x,y` pairs */
  readonly stairs: string
  /** the candidate with the best value, the first of equals */
  readonly best: Metric
  readonly low: number
  readonly high: number
  /** the scale is logarithmic: losses of very unlike size, all above 0 */
  readonly isLog: boolean
  /** candidates that could not be judged */
  readonly lost: number
}

/** From this ratio of the largest to the smallest on, a plain scale shows the small ones as one line. */
const logFrom = 20

/**
 * Lays out a series of losses (or scores: large is good) in a box: candidates from left to right with room for `total` of them, small values below. Values that are
 * no numbers leave a gap; none left gives nothing.
 */
export function curveOf(metrics: readonly Metric[], box: Box, total = 0): Curve | undefined {
  const values = metrics.flatMap(({ value }) => (Number.isFinite(value) ? [value] : []))
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const isLog = low > 0 && high / low >= logFrom
  const scale = isLog ? Math.log : (value: number) => value
  const slot = box.width / Math.max(metrics.length, total)
  const y = (value: number) => box.top + box.height * (high > low ? (scale(high) - scale(value)) / (scale(high) - scale(low)) : 0.5)
  const points = metrics.flatMap((metric, i) =>
    Number.isFinite(metric.value) ? [{ x: box.left + (i + 0.5) * slot, y: y(metric.value), metric }] : [],
  )
  let best = points[0]?.metric
  if (!best) return undefined
  const steps: string[] = []
  for (const [i, { x, metric }] of points.entries()) {
    if (i > 0) steps.push(`${x.toFixed(1)},${y(best.value).toFixed(1)}`)
    if (isBetter(metric, best)) best = metric
    steps.push(`${x.toFixed(1)},${y(best.value).toFixed(1)}`)
  }
  return { points, stairs: steps.join(' '), best, low, high, isLog, lost: metrics.length - points.length }
}

export const isBetter = (one: Metric, other: Metric): boolean =>
  one.name === scoreMetric ? one.value > other.value : one.value < other.value
