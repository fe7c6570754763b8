import { Equal, TrendingDown, TrendingUp } from 'lucide-react'
import type { OpenedBatch } from '../../shared/batch/api'
import type { MetricFigures, MetricSummary } from '../../shared/batch/summary'
import { Tip } from '../parts/parts'
import { differenceText, meanText, pText, standing } from './figures'

/** How each variant does: mean with its interval, and whether it differs from the first by more than chance. */
export function BatchSummary({ opened }: { opened: OpenedBatch }) {
  const { summary, variants } = opened
  if (summary.length === 0) return null
  return (
    <div className="summary-frame">
      <table className="summary-table" aria-label="Figures of the variants" data-testid="batch-summary">
        <thead>
          <tr>
            <th scope="col">Variant</th>
            {summary.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {variants.map((variant, at) => (
            <tr key={variant}>
              <th scope="row">
                {variant}
                {at === 0 && variants.length > 1 ? <span className="faint"> · the one to beat</span> : null}
              </th>
              {summary.map((metric) => (
                <td key={metric.name} data-testid={`figure-${variant}-${metric.name}`}>
                  <Figure figures={metric.variants[at]} metric={metric} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Figure({ figures, metric }: { figures: MetricFigures | undefined; metric: MetricSummary }) {
  if (!figures || figures.mean === undefined || figures.low === undefined || figures.high === undefined)
    return <span className="faint">–</span>
  const { mean, low, high, count, paired } = figures
  return (
    <span className="figure">
      <b className="figure-mean">{meanText(mean, metric.unit)}</b>
      <Tip text={`95 % interval of the mean of ${count} rows, by bootstrap`}>
        <span className="figure-interval faint">{`${meanText(low, metric.unit)} to ${meanText(high, metric.unit)}`}</span>
      </Tip>
      {metric.unit === 'share' ? (
        <span className="interval-bar" aria-hidden>
          <i style={{ left: `${low * 100}%`, width: `${Math.max(1.5, (high - low) * 100)}%` }} />
          <b style={{ left: `${mean * 100}%` }} />
        </span>
      ) : null}
      {paired ? <Paired figures={paired} metric={metric} /> : null}
    </span>
  )
}

const tones = {
  better: { tone: 'good', icon: <TrendingUp />, word: 'better' },
  worse: { tone: 'bad', icon: <TrendingDown />, word: 'worse' },
  even: { tone: '', icon: <Equal />, word: 'no difference beyond chance' },
} as const

function Paired({ figures, metric }: { figures: NonNullable<MetricFigures['paired']>; metric: MetricSummary }) {
  const sign = tones[standing(figures, metric.better)]
  return (
    <Tip
      text={`${sign.word}: ${figures.wins} rows better, ${figures.losses} worse, of ${figures.rows}. Two-sided paired test against the first variant.`}
    >
      <span className={`chip ${sign.tone}`}>
        {sign.icon}
        {`${differenceText(figures, metric.unit)}, ${pText(figures.p)}`}
        <span className="sr-only">{sign.word}</span>
      </span>
    </Tip>
  )
}
