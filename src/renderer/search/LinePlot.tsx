import { barrierMetric } from '../../shared/run/barrier'
import { formatNumber } from '../parts/format'
import { useRun } from '../state/hooks'
import { lineOf } from './line'
import './search.css'

const width = 300
const height = 96

/** The loss on the straight line between two models, the line between its ends, and the barrier above it. Nothing for nodes that measure none. */
export function LinePlot({ node }: { node: string }) {
  const all = useRun((view) => view.state.metrics)
  const line = lineOf(
    all.filter((metric) => metric.node === node && metric.name === barrierMetric),
    width,
    height,
  )
  if (!line) return null
  const { points, path, ends, barrier } = line
  // where there is no barrier, no point stands out
  const peak = barrier && barrier.value > 0 ? barrier.alpha : undefined
  const says = barrier
    ? barrier.value > 0
      ? `Barrier ${formatNumber(barrier.value)} at α ${formatNumber(barrier.alpha)}`
      : 'No barrier: nowhere above the straight line'
    : 'Only the ends so far'
  return (
    <figure className="search-plot" data-testid="line-plot">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Loss between the two models. ${says}`}>
        {ends ? <polyline className="line-ends" points={ends} /> : null}
        <polyline className="search-best" points={path} />
        {points.map(({ x, y, alpha, loss }) => (
          <circle
            key={alpha}
            className={alpha === peak ? 'search-point is-best' : 'search-point'}
            cx={x}
            cy={y}
            r={alpha === peak ? 4 : 2.4}
          >
            <title>{`α ${formatNumber(alpha)}: loss ${formatNumber(loss)}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption>{`${says}. First model left, second right; dashed: the straight line between their losses.`}</figcaption>
    </figure>
  )
}
