import type { WeightsHistogram } from '../../shared/weights-report'
import { formatNumber } from '../parts/format'

const width = 260
const height = 84

/** How the changes are spread: the result as a surface, each model as a line of its own dash. Counts are drawn by their root, so that tails are seen. */
export function Histogram({ histogram, models }: { histogram: WeightsHistogram; models: readonly string[] }) {
  const bins = histogram.result.length
  const most = Math.sqrt(Math.max(1, ...histogram.result, ...histogram.models.flat()))
  const point = (count: number, i: number): string =>
    `${((i + 0.5) * (width / bins)).toFixed(1)},${(height - (Math.sqrt(count) / most) * (height - 4)).toFixed(1)}`
  const limit = formatNumber(Number(histogram.limit.toPrecision(2)))
  const outline = histogram.result.map(point).join(' ')
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Spread of the changes of ${histogram.tensor}, from −${limit} to ${limit}`}
      >
        <line className="histogram-zero" x1={width / 2} x2={width / 2} y1={0} y2={height} />
        <polygon className="histogram-result" points={`0,${height} ${outline} ${width},${height}`} />
        {histogram.models.map((counts, i) => (
          <polyline key={models[i] ?? i} className="histogram-model" data-line={i % 4} points={counts.map(point).join(' ')} />
        ))}
      </svg>
      <figcaption>
        <span>{`−${limit}`}</span>
        <span>0</span>
        <span>{limit}</span>
      </figcaption>
      <ul className="histogram-legend">
        <li>
          <i data-result /> result
        </li>
        {models.map((name, i) => (
          <li key={name}>
            <svg viewBox="0 0 22 6" aria-hidden>
              <line className="histogram-model" data-line={i % 4} x1="0" x2="22" y1="3" y2="3" />
            </svg>
            <span className="clip">{name}</span>
          </li>
        ))}
        <li className="faint">height: root of how many entries</li>
      </ul>
    </figure>
  )
}
