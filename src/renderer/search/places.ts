import type { Metric } from '../../shared/run/fold'
import { type Box, isBetter } from './curve'

export interface Place {
  readonly metric: Metric
  /** one corner in a plane, or one on each axis */
  readonly at: readonly (readonly [x: number, y: number])[]
  /** 1 the best, 0 the worst, by rank */
  readonly good: number
}

export interface Places {
  /** a plane of two numbers, or of one number and what came of it; or lines over one upright axis for each number */
  readonly form: 'plane' | 'axes'
  /** the least and the most of each axis */
  readonly ranges: readonly (readonly [low: number, high: number])[]
  /** worst first, so that the best lies on top */
  readonly places: readonly Place[]
}

/** more lines than these say nothing */
const mostAxes = 16

/** Where candidates lie among what can be searched. Undefined where fewer than two tell the same count of numbers, or there are too many numbers. */
export function placesOf(metrics: readonly Metric[], box: Box): Places | undefined {
  const count = metrics[0]?.point?.length ?? 0
  const told = metrics.filter(
    ({ value, point }) => Number.isFinite(value) && point?.length === count && point.every((number) => Number.isFinite(number)),
  )
  if (count < 1 || count > mostAxes || told.length < 2) return undefined
  const axes = ({ point = [], value }: Metric): readonly number[] => (count === 1 ? [...point, value] : point)
  const ranges = Array.from({ length: Math.max(2, count) }, (_, axis): readonly [number, number] => {
    const numbers = told.map((metric) => axes(metric)[axis] ?? 0)
    return [Math.min(...numbers), Math.max(...numbers)]
  })
  const parts = (metric: Metric): number[] =>
    axes(metric).map((value, axis) => {
      const [low, high] = ranges[axis] ?? [0, 0]
      return high > low ? (value - low) / (high - low) : 0.5
    })
  const right = (part: number) => box.left + part * box.width
  const up = (part: number) => box.top + (1 - part) * box.height
  const form = count > 2 ? 'axes' : 'plane'
  const corners = (all: readonly number[]): Place['at'] =>
    form === 'plane' ? [[right(all[0] ?? 0), up(all[1] ?? 0)]] : all.map((part, axis) => [right(axis / (count - 1)), up(part)])
  const ordered = told.toSorted((a, b) => (isBetter(a, b) ? 1 : isBetter(b, a) ? -1 : 0))
  const places = ordered.map((metric, i) => ({ metric, at: corners(parts(metric)), good: i / (ordered.length - 1) }))
  return { form, ranges, places }
}
