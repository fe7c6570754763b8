import { uncut } from '../../shared/cut-list'
import { isJsonObject, type Json } from '../../shared/json'
import { barrierMetric } from '../../shared/run/barrier'
import type { Metric } from '../../shared/run/fold'
import { lossMetric } from '../../shared/run/search-metrics'

/** What a node told of its candidates in a run, in order; one that was told again (a repeated try) counts as it was last. */
export function triedIn(metrics: readonly Metric[], node: string): Metric[] {
  const told = metrics.filter((metric) => metric.node === node && metric.step !== undefined && metric.name !== barrierMetric)
  return [...new Map(told.map((metric) => [metric.step, metric])).values()]
}

/**
 * The same out of the report that a search leaves, for a run that took the search from an earlier one and so was told nothing: its candidates, then those that
 * were judged once more on all rows. A loss that is no number is NaN. Trusts no shape: [] for any other report.
 */
export function triedInReport(report: Json | undefined): Metric[] {
  if (!isJsonObject(report)) return []
  return [report.candidates, report.onAllRows]
    .flatMap((list) => (Array.isArray(list) ? uncut(list as readonly Json[]).shown : []))
    .flatMap((one) => (isJsonObject(one) && Array.isArray(one.point) ? [one] : []))
    .map(({ loss, point }, i) => ({
      name: lossMetric,
      value: typeof loss === 'number' ? loss : Number.NaN,
      step: i + 1,
      point: (point as readonly Json[]).map(Number),
    }))
}

/** The line of a barrier's report as the metrics that its run told. */
export function lineInReport(report: Json | undefined): Metric[] {
  if (!isJsonObject(report) || !Array.isArray(report.line)) return []
  return uncut(report.line as readonly Json[]).shown.flatMap((one, i) =>
    isJsonObject(one) && typeof one.alpha === 'number' && typeof one.loss === 'number'
      ? [{ name: barrierMetric, value: one.loss, step: i + 1, point: [one.alpha] }]
      : [],
  )
}
