import { type BatchOutcome, itemOf } from '../../shared/batch/cells'
import { csvLine } from '../../shared/csv'
import type { Store } from '../store'

/** So many rows, then whoever else waits has a turn. */
const rowsAtOnce = 200

/**
 * A batch as a table for other tools: a line a row with its fields, then for each variant its status, whole outputs, metrics, milliseconds, tokens and
 * error. Missing cells are empty; an output that the store no longer has stands there in short.
 */
export async function batchCsv(
  { batches, datasets, values }: Pick<Store, 'batches' | 'datasets' | 'values'>,
  batch: string,
): Promise<string> {
  const { definition, dataset, rows } = batches.get(batch)
  const { columns } = datasets.get(dataset)
  const { variants, metrics } = definition
  const outputs = Object.keys(batches.document(batch).interface.outputs)
  const head = variants.flatMap(({ name }) =>
    ['status', ...outputs, ...metrics.map((metric) => metric.name), 'ms', 'tokens', 'error'].map((what) => `${name}: ${what}`),
  )
  const cellsOf = (outcome: BatchOutcome | undefined): (string | number)[] => {
    if (!outcome) return ['', ...outputs.map(() => ''), ...metrics.map(() => ''), '', '', '']
    const { status, wallMs, tokens, error } = outcome
    const read = (name: string): string => {
      const output = outcome.outputs[name]
      if (!output) return ''
      const data = values.has(output.sha) ? values.get(output.sha).data : output.preview
      return typeof data === 'string' ? data : JSON.stringify(data)
    }
    return [status, ...outputs.map(read), ...metrics.map(({ name }) => outcome.metrics[name] ?? ''), wallMs, tokens, error?.message ?? '']
  }
  let csv = csvLine(['row', ...columns, ...head])
  for (let row = 0; row < rows; row++) {
    if (row % rowsAtOnce === rowsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve))
    const fields = datasets.row(dataset, row)
    const given = columns.map((column) => {
      const value = fields[column] ?? ''
      return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
    })
    const cells = variants.flatMap((_, variant) => cellsOf(batches.outcome(batch, itemOf(row, variant, variants.length))))
    csv += csvLine([row + 1, ...given, ...cells])
  }
  return csv
}
