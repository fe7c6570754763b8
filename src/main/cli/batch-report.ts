import type { Judged } from '../../shared/batch/assertion'
import type { MetricFigures, MetricSummary } from '../../shared/batch/summary'
import { formatMs, table } from './output'

/** The figures of a batch as a table: a metric a line, a variant a column, and how each variant stands against the first. */
export function reportOf(variants: readonly string[], summary: readonly MetricSummary[]): string {
  if (summary.length === 0) return ''
  const head = ['metric', ...variants.flatMap((name, place) => (place === 0 ? [name] : [name, `against ${variants[0]}`]))]
  const rows = summary.map((metric) => [
    metric.name,
    ...metric.variants.flatMap((figures, place) =>
      place === 0 ? [tell(figures, metric)] : [tell(figures, metric), tellPaired(figures, metric)],
    ),
  ])
  return table([head, ...rows])
}

function tell({ mean, low, high, count }: MetricFigures, { unit }: MetricSummary): string {
  if (mean === undefined || low === undefined || high === undefined) return '–'
  const figure = (value: number) => (unit === 'ms' ? formatMs(value) : unit === 'share' ? value.toFixed(3) : value.toFixed(2))
  return `${figure(mean)} [${figure(low)}, ${figure(high)}] n=${count}`
}

function tellPaired({ paired }: MetricFigures, { unit }: MetricSummary): string {
  if (!paired) return '–'
  const sign = paired.difference > 0 ? '+' : paired.difference < 0 ? '−' : '±'
  const size = Math.abs(paired.difference)
  const difference = unit === 'ms' ? formatMs(size) : size.toFixed(unit === 'share' ? 3 : 2)
  return `${sign}${difference}, ${paired.wins} better, ${paired.losses} worse, p=${paired.p < 0.001 ? paired.p.toExponential(1) : paired.p.toFixed(3)}`
}

export function tellJudged({ text, ok, left, right, variant }: Judged): string {
  const where = variant === undefined ? '' : ` for ${variant}`
  return `${ok ? '✓' : '✗'} ${text}${ok ? '' : `: ${left ?? 'no value'} against ${right ?? 'no value'}${where}`}`
}
