import { type BatchOutcome, placeOf } from '../../shared/batch/cells'
import type { BatchDefinition, BatchVariant } from '../../shared/batch/definition'
import { parsePath, readPath } from '../../shared/batch/path'
import { inputsOfRow } from '../../shared/batch/row-input'
import { toErrorReport } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { withModel, withParam } from '../../shared/graph/overrides'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Json, JsonObject } from '../../shared/json'
import { metricOf } from './metrics'
import type { BatchParts, ItemRun } from './parts'
import type { Perform } from './queue'

/** The graph as one variant wants it. Throws `usage` for a node, param or alias that it does not have. */
export function documentOf(document: GraphDocument, variant: BatchVariant, specs: NodeSpecs): GraphDocument {
  let next = document
  for (const [place, value] of Object.entries(variant.set)) next = withParam(next, place, value, specs)
  for (const [alias, model] of Object.entries(variant.models)) next = withModel(next, alias, model)
  return next
}

interface Job {
  readonly definition: BatchDefinition
  readonly dataset: string
  readonly documents: readonly GraphDocument[]
}

/** Runs one item and records what came of it. Works from the store alone, so that any process which shares it can do so. */
export function createPerform(parts: BatchParts): Perform {
  const { store } = parts
  const known = new Map<string, Job>()
  const jobOf = (batch: string): Job => {
    const there = known.get(batch)
    if (there) return there
    const { definition, dataset } = store.batches.get(batch)
    const document = store.batches.document(batch)
    const job = { definition, dataset, documents: definition.variants.map((variant) => documentOf(document, variant, parts.specs)) }
    known.clear()
    known.set(batch, job)
    return job
  }

  return async ({ batch, item }, signal) => {
    if (signal.aborted || store.batches.outcome(batch, item)) return
    const { definition, dataset, documents } = jobOf(batch)
    const { row, variant } = placeOf(item, documents.length)
    const failed = (thrown: unknown, run?: ItemRun): BatchOutcome => ({
      row,
      variant,
      status: 'failed',
      ...(run ? { run: run.id } : {}),
      outputs: {},
      metrics: {},
      wallMs: 0,
      tokens: 0,
      error: toErrorReport(thrown),
    })
    const document = documents[variant]!
    let outcome: BatchOutcome | undefined
    try {
      const fields = store.datasets.row(dataset, row)
      const inputs = inputsOfRow(fields, definition.map, document.interface.inputs)
      const run = await parts.startRun({ document, inputs, options: { seed: definition.seed, batch } })
      const stop = () => run.stop()
      signal.addEventListener('abort', stop)
      if (signal.aborted) run.stop()
      const end = await run.done
      signal.removeEventListener('abort', stop)
      if (end.status === 'stopped') return
      const { wallMs, tokens } = end.totals
      outcome =
        end.status === 'failed'
          ? { ...failed(end.error, run), wallMs, tokens, ...(end.error ? { error: end.error } : {}) }
          : {
              row,
              variant,
              status: 'done',
              run: run.id,
              outputs: end.outputs,
              metrics: measureAll(definition, fields, end, (sha) => store.values.get(sha).data as Json),
              wallMs,
              tokens,
            }
    } catch (thrown) {
      if (signal.aborted) return
      outcome = failed(thrown)
    }
    store.batches.record(batch, outcome)
  }
}

function measureAll(
  definition: BatchDefinition,
  fields: JsonObject,
  end: Awaited<ItemRun['done']>,
  readValue: (sha: string) => Json,
): Record<string, number | null> {
  const names = Object.keys(end.outputs)
  return Object.fromEntries(
    definition.metrics.map((use) => {
      const metric = metricOf(use.kind)
      const output = end.outputs[use.output ?? (names.length === 1 ? names[0]! : '')]
      if (metric.needs.output && !output) return [use.name, null]
      const value = metric.measure({
        output: output && metric.needs.output ? readValue(output.sha) : undefined,
        expected: use.expected === undefined ? undefined : readPath(fields, parsePath(use.expected)),
        options: {
          ...Object.fromEntries(Object.entries(metric.options ?? {}).map(([name, option]) => [name, option.default])),
          ...use.options,
        },
        run: end.totals,
      })
      return [use.name, value === null || !Number.isFinite(value) ? null : value]
    }),
  )
}
