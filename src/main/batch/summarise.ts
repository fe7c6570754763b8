import type { BatchDefinition, MetricUse } from '../../shared/batch/definition'
import type { MetricFigures, MetricSummary, PairedFigures } from '../../shared/batch/summary'
import { metricOf } from './metrics'
import { bootstrapMean, pairedTest } from './statistics'

/** Values by metric, variant and row; NaN where there is none. */
export interface Scores {
  value(metric: string, variant: number, row: number): number
}

/** Random draws that one interval may cost, so that a summary of a large batch stays quick. */
const draws = 2_000_000

/** The figures of every metric of a batch. `rows` is how many rows there may be. */
export function summarise(definition: BatchDefinition, rows: number, scores: Scores): MetricSummary[] {
  return definition.metrics.map((use) => {
    const { better, unit } = metricOf(use.kind)
    return {
      name: use.name,
      kind: use.kind,
      better,
      unit,
      variants: definition.variants.map((_, variant) => figures(use, variant, rows, scores)),
    }
  })
}

function figures(use: MetricUse, variant: number, rows: number, scores: Scores): MetricFigures {
  const values: number[] = []
  const differences: number[] = []
  for (let row = 0; row < rows; row++) {
    const value = scores.value(use.name, variant, row)
    if (Number.isNaN(value)) continue
    values.push(value)
    const first = variant === 0 ? Number.NaN : scores.value(use.name, 0, row)
    if (!Number.isNaN(first)) differences.push(value - first)
  }
  if (values.length === 0) return { count: 0 }
  const interval = bootstrapMean(values, { resamples: resamplesFor(values.length) })
  return { count: values.length, ...interval, ...(differences.length === 0 ? {} : { paired: pairedFigures(differences, use) }) }
}

const resamplesFor = (count: number): number => Math.max(100, Math.min(1000, Math.floor(draws / count)))

function pairedFigures(differences: readonly number[], use: MetricUse): PairedFigures {
  const sign = metricOf(use.kind).better === 'higher' ? 1 : -1
  return {
    rows: differences.length,
    difference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    wins: differences.filter((difference) => sign * difference > 0).length,
    losses: differences.filter((difference) => sign * difference < 0).length,
    p: pairedTest(differences, { flips: Math.max(200, Math.min(10_000, Math.floor(draws / differences.length))) }),
  }
}
