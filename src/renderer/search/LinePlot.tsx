import { barrierMetric } from '../../shared/run/barrier'
import type { OutputState } from '../../shared/run/fold'
import { useOutput } from '../panels/OutputValue'
import { formatNumber } from '../parts/format'
import { useRun } from '../state/hooks'
import type { Box } from './curve'
import { lineOf } from './line'
import { PlotFrame } from './PlotFrame'
import { lineInReport } from './tried'
import './search.css'

const width = 300
const height = 130
const box: Box = { left: 48, top: 10, width: width - 60, height: height - 34 }

/**
 * The loss on the straight line between two models, the line between its ends, and the barrier above it; out of the report where an earlier run measured it.
 * Nothing for nodes that measure none.
 */
export function LinePlot({ node, report }: { node: string; report: OutputState | undefined }) {
  const all = useRun((view) => view.state.metrics)
  const told = all.filter((metric) => metric.node === node && metric.name === barrierMetric)
  const kept = useOutput(told.length === 0 ? report : undefined)
  const line = lineOf(told.length > 0 ? told : lineInReport(kept), box)
  if (!line) return null
  const { points, path, ends, barrier, low, high } = line
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
        <PlotFrame box={box} upwards={[low, high]} upwardsName="loss" across={['first model', 'α', 'second model']} />
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
      <figcaption>{`${says}. Dashed: the straight line between the losses of both.`}</figcaption>
    </figure>
  )
}
