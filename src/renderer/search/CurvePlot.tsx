import type { PointerEvent } from 'react'
import type { Box, Curve } from './curve'
import { PlotFrame } from './PlotFrame'

const width = 300
const height = 130
export const curveBox: Box = { left: 48, top: 10, width: width - 56, height: height - 34 }

interface CurvePlotProps {
  readonly curve: Curve
  /** candidates that there is room for */
  readonly slots: number
  readonly says: string
  /** number of the candidate that is looked at */
  readonly looked: number | undefined
  onLook(step: number | undefined): void
}

/** What came of candidates, from the first on the left to the last, with the best so far as a line. The candidate nearest to the pointer is looked at. */
export function CurvePlot({ curve: { points, stairs, best, low, high }, slots, says, looked, onLook }: CurvePlotProps) {
  const look = (event: PointerEvent<SVGSVGElement>) => {
    const area = event.currentTarget.getBoundingClientRect()
    const at = ((event.clientX - area.left) / area.width) * width
    const near = points.toSorted((a, b) => Math.abs(a.x - at) - Math.abs(b.x - at))[0]
    onLook(near?.metric.step)
  }
  const seen = points.find(({ metric }) => metric.step === looked)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={says} onPointerMove={look} onPointerLeave={() => onLook(undefined)}>
      <PlotFrame box={curveBox} upwards={[low, high]} upwardsName={best.name} across={['1', 'candidate', slots > 1 ? String(slots) : '']} />
      {seen ? <line className="plot-hair" x1={seen.x} x2={seen.x} y1={curveBox.top} y2={curveBox.top + curveBox.height} /> : null}
      <polyline className="search-best" points={stairs} />
      {points.map(({ x, y, metric }) => (
        <circle
          key={metric.step}
          className={['search-point', metric === best ? 'is-best' : '', metric === seen?.metric ? 'is-looked' : '']
            .filter(Boolean)
            .join(' ')}
          cx={x}
          cy={y}
          r={metric === best || metric === seen?.metric ? 4 : 2.4}
        />
      ))}
    </svg>
  )
}
