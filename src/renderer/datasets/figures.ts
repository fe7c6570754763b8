import type { MetricSummary, PairedFigures } from '../../shared/batch/summary'
import { formatMs, formatNumber } from '../parts/format'

/** Figures of metrics as people read them. Pure. */

export function figureText(value: number | null | undefined, unit: MetricSummary['unit']): string {
  if (value === null || value === undefined) return '–'
  if (unit === 'ms') return formatMs(value)
  if (unit === 'share') return value === 0 || value === 1 ? String(value) : value.toFixed(2)
  return formatNumber(value)
}

/** A mean always has its two places: 1.00 stands beside 0.88. */
export const meanText = (value: number | undefined, unit: MetricSummary['unit']): string =>
  unit === 'share' && value !== undefined ? value.toFixed(2) : figureText(value, unit)

export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.01 ? 3 : 2)}`)

/** `+0.31`, `−29 ms`, `±0` */
export function differenceText({ difference }: PairedFigures, unit: MetricSummary['unit']): string {
  const text = meanText(Math.abs(difference), unit)
  return difference === 0 ? '±0' : `${difference > 0 ? '+' : '−'}${text}`
}

/** Does the variant do better, worse, or is the difference no more than chance (p ≥ 0.05)? */
export function standing(paired: PairedFigures, better: MetricSummary['better']): 'better' | 'worse' | 'even' {
  if (paired.p >= 0.05 || paired.difference === 0) return 'even'
  return paired.difference > 0 === (better === 'higher') ? 'better' : 'worse'
}
