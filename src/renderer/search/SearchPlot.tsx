import { barrierMetric } from '../../shared/run/barrier'
import { formatNumber, plural } from '../parts/format'
import { useRun } from '../state/hooks'
import { curveOf } from './curve'
import './search.css'

const width = 300
const height = 96

/** A search as it goes: every candidate's loss, the best so far, and where the best lies. Nothing for nodes that measure nothing. */
export function SearchPlot({ node }: { node: string }) {
  const all = useRun((view) => view.state.metrics)
  const metrics = all.filter((metric) => metric.node === node && metric.step !== undefined && metric.name !== barrierMetric)
  const curve = curveOf(metrics, width, height)
  if (!curve) return null
  const { least, low, high, points, best } = curve
  const name = least.name
  const where = placeOf(least.point)
  return (
    <figure className="search-plot" data-testid="search-plot">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${plural(metrics.length, 'candidate')}; least ${name} ${formatNumber(low)}`}
      >
        <polyline className="search-best" points={best} />
        {points.map(({ x, y, metric }) => (
          <circle
            key={metric.step}
            className={metric === least ? 'search-point is-best' : 'search-point'}
            cx={x}
            cy={y}
            r={metric === least ? 4 : 2.4}
          >
            <title>{`${metric.step}: ${name} ${formatNumber(metric.value)}${placeOf(metric.point) ? ` at ${placeOf(metric.point)}` : ''}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption>
        {`${plural(metrics.length, 'candidate')}, ${name} ${formatNumber(low)} to ${formatNumber(high)}; best: number ${least.step}`}
        {where ? ` at ${where}` : ''}
      </figcaption>
    </figure>
  )
}

/** The numbers of a candidate; empty where there are more than a line can hold, or anybody would read. */
const placeOf = (point: readonly number[] | undefined): string =>
  point && point.length <= 6 ? point.map((value) => formatNumber(value)).join(', ') : ''
