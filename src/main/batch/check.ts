import type { BatchDefinition, MetricUse } from '../../shared/batch/definition'
import { parsePath, type RowPath } from '../../shared/batch/path'
import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { nearestName } from '../../shared/nearest-name'
import { metricOf } from './metrics'
import { documentOf } from './work'

/** Everything of a batch that can be wrong before its first item runs, each in one sentence. Returns the document of each variant. */
export function checkBatch(
  document: GraphDocument,
  definition: BatchDefinition,
  columns: readonly string[],
  specs: NodeSpecs,
): readonly GraphDocument[] {
  const { inputs, outputs } = document.interface
  for (const [name, path] of Object.entries(definition.map)) {
    if (!Object.hasOwn(inputs, name))
      throw unknown('input-unknown', `The graph has no input “${name}”.`, name, Object.keys(inputs), 'inputs')
    checkColumn(parsePath(path), columns, `The input “${name}”`)
  }
  for (const [name, input] of Object.entries(inputs)) {
    if (input.required !== false && input.default === undefined && definition.map[name] === undefined)
      throw new TributaryError('input-missing', `The input “${name}” is given by no column and has no default.`, {
        hint: `Say which column holds it. The columns: ${columns.join(', ')}.`,
        place: { port: name },
      })
  }
  for (const use of definition.metrics) checkMetric(use, Object.keys(outputs), columns)
  return definition.variants.map((variant) => documentOf(document, variant, specs))
}

function checkMetric(use: MetricUse, outputs: readonly string[], columns: readonly string[]): void {
  const { needs, options = {}, title } = metricOf(use.kind)
  if (needs.output && use.output === undefined && outputs.length !== 1)
    throw new TributaryError('usage', `The metric “${use.name}” does not say which output it looks at.`, {
      hint: `The graph’s outputs: ${outputs.join(', ') || 'none'}.`,
    })
  if (use.output !== undefined && !outputs.includes(use.output))
    throw unknown(
      'usage',
      `The metric “${use.name}” looks at the output “${use.output}”, which the graph does not have.`,
      use.output,
      outputs,
      'outputs',
    )
  if (needs.expected && use.expected === undefined)
    throw new TributaryError('usage', `The metric “${use.name}” (${title}) does not say which column holds what is expected.`, {
      hint: `Write ${use.kind}=${use.output ?? outputs[0] ?? 'output'}~.column. The columns: ${columns.join(', ')}.`,
    })
  if (use.expected !== undefined) checkColumn(parsePath(use.expected), columns, `The metric “${use.name}”`)
  for (const [name, value] of Object.entries(use.options)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) throw unknown('usage', `The metric “${use.kind}” has no option “${name}”.`, name, Object.keys(options), 'options')
    const isWrong =
      typeof value !== (option.kind === 'text' ? 'string' : option.kind) && !(option.kind === 'text' && typeof value === 'number')
    if (isWrong || (typeof value === 'number' && (value < (option.min ?? -Infinity) || value > (option.max ?? Infinity))))
      throw new TributaryError('usage', `The option “${name}” of the metric “${use.name}” is not allowed to be ${JSON.stringify(value)}.`, {
        hint: option.summary,
      })
  }
}

function checkColumn(path: RowPath, columns: readonly string[], who: string): void {
  const [first] = path
  if (typeof first === 'string' && !columns.includes(first))
    throw unknown('usage', `${who} names the column “${first}”, which the dataset does not have.`, first, columns, 'columns')
}

function unknown(code: 'usage' | 'input-unknown', message: string, name: string, names: readonly string[], what: string): TributaryError {
  const nearest = nearestName(name, names)
  return new TributaryError(code, message, {
    hint: nearest ? `Did you mean “${nearest}”?` : `The ${what}: ${names.join(', ') || 'none'}.`,
  })
}
