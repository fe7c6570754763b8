import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'

/** One column of a table as a list of texts. */
export default defineNode(
  {
    type: 'dataset-column',
    version: 1,
    title: 'Column of a dataset',
    family: 'io',
    summary: 'Takes one column of a dataset as a list of texts.',
    help: 'The nodes after it run once for each text and give lists in the same order. Values that are no texts are written as JSON.',
    synonyms: ['field', 'questions', 'list', 'foreach', 'column'],
    inputs: { dataset: { wire: 'dataset', arity: 'one', summary: 'the table' } },
    outputs: { texts: { wire: 'text', list: true, summary: 'the values of the column, one a row' } },
    params: {
      column: { kind: 'text', default: '', placeholder: 'first column', summary: 'the name of the column; empty takes the first' },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'column',
  },
  ({ inputs, params }) => {
    const { columns, rows, name } = inputs.dataset
    const column = params.column === '' ? columns[0] : params.column
    if (column === undefined || !columns.includes(column))
      throw new TributaryError('input-unknown', `The dataset ${name} has no column "${params.column}".`, {
        hint: `Its columns are: ${columns.join(', ') || 'none'}.`,
        place: { port: 'column' },
      })
    return {
      texts: rows.map((row) => {
        const value = row[column] ?? ''
        return typeof value === 'string' ? value : JSON.stringify(value)
      }),
    }
  },
)
