import type { Metric } from '../../shared/run/fold'

export interface Curve {
  readonly points: readonly { readonly x: number; readonly y: number; readonly metric: Metric }[]
  /** through the best so far, as a staircase: `x,y` pairs */
  readonly best: string
  /** the candidate with the least value, the first of equals */
  readonly least: Metric
  readonly low: number
  readonly high: number
}

/** Lays out a series of losses in a box of `width` × `height`: candidates from left to right, small values below. Values that are no numbers are left out; none left gives nothing. */
export function curveOf(metrics: readonly Metric[], width: number, height: number): Curve | undefined {
  const finite = metrics.filter(({ value }) => Number.isFinite(value))
  const [first] = finite
  if (!first) return undefined
  const values = finite.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (i: number) => ((i + 0.5) * width) / finite.length
  const y = (value: number) => (high > low ? 4 + ((high - value) / (high - low)) * (height - 8) : height / 2)
  let least = first
  const steps: string[] = []
  for (const [i, metric] of finite.entries()) {
    if (i > 0) steps.push(`${x(i).toFixed(1)},${y(least.value).toFixed(1)}`)
    if (metric.value < least.value) least = metric
    steps.push(`${x(i).toFixed(1)},${y(least.value).toFixed(1)}`)
  }
  return { points: finite.map((metric, i) => ({ x: x(i), y: y(metric.value), metric })), best: steps.join(' '), least, low, high }
}
