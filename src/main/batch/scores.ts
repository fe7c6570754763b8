import type { BatchOutcome } from '../../shared/batch/cells'
import type { BatchDefinition } from '../../shared/batch/definition'
import type { Scores } from './summarise'

/** The values of all metrics in flat arrays, by variant and row; NaN where there is none. */
export function createScores(definition: BatchDefinition, rows: number): Scores & { put(outcome: BatchOutcome): void } {
  const byMetric = new Map(
    definition.metrics.map(({ name }) => [name, new Float64Array(rows * definition.variants.length).fill(Number.NaN)] as const),
  )
  return {
    put({ row, variant, metrics }) {
      for (const [name, values] of byMetric) values[variant * rows + row] = metrics[name] ?? Number.NaN
    },
    value: (metric, variant, row) => byMetric.get(metric)?.[variant * rows + row] ?? Number.NaN,
  }
}
