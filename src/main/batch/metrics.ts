import { TributaryError } from '../../shared/errors'
import { nearestName } from '../../shared/nearest-name'
import type { MetricDefinition } from './metric'

/** All metrics that this build knows, found in `metrics/`. */
const modules = import.meta.glob<MetricDefinition>(['./metrics/*.ts', '!./metrics/*.test.ts'], { eager: true, import: 'default' })
export const metrics: ReadonlyMap<string, MetricDefinition> = collect(modules)

function collect(found: Readonly<Record<string, MetricDefinition | undefined>>): Map<string, MetricDefinition> {
  const byKind = new Map<string, MetricDefinition>()
  for (const [file, metric] of Object.entries(found)) {
    if (!metric?.kind || !metric.title || !metric.summary) throw new Error(`${file} is no metric`)
    if (byKind.has(metric.kind)) throw new Error(`${file}: there is another metric “${metric.kind}”`)
    byKind.set(metric.kind, metric)
  }
  return byKind
}

/** Throws `usage`, with the nearest kind. */
export function metricOf(kind: string): MetricDefinition {
  const metric = metrics.get(kind)
  if (metric) return metric
  const nearest = nearestName(kind, [...metrics.keys()])
  throw new TributaryError('usage', `There is no metric “${kind}”.`, {
    hint: nearest ? `Did you mean “${nearest}”?` : `There are: ${[...metrics.keys()].join(', ')}.`,
  })
}
