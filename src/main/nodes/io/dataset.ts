import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { requireChosen } from './documents'

/** The rows of a table. */
export default defineNode(
  {
    type: 'dataset',
    version: 1,
    title: 'Dataset',
    family: 'io',
    summary: 'Reads the rows of a table.',
    help: 'Reads a `.csv` file (its first line names the columns) or a `.jsonl` file (one object a line). Take one column out of it with **Column of a dataset**; a list of texts then runs through the nodes after it one by one.',
    synonyms: ['csv', 'jsonl', 'table', 'rows', 'questions', 'evaluation', 'batch'],
    inputs: {},
    outputs: { dataset: { wire: 'dataset', summary: 'the rows' } },
    params: {
      source: { kind: 'resource', default: null, accepts: ['dataset', 'file'], summary: 'the table to read' },
      use: {
        kind: 'choice',
        default: 'unsaid',
        title: 'Kept for',
        summary: 'what the rows are for; searches refuse rows that are kept for testing',
        options: [
          { value: 'unsaid', title: 'not said' },
          { value: 'dev', title: 'searching and choosing' },
          { value: 'test', title: 'testing what was chosen' },
        ],
      },
      limit: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1_000_000,
        integer: true,
        unit: 'rows',
        summary: 'read so many rows from the top; 0 reads all',
      },
    },
    effect: 'reads-world',
    resource: 'io',
    face: 'source',
  },
  async ({ params, context }) => {
    requireChosen(params.source, 'a table')
    const dataset = await context.resources.dataset(params.source, context.signal)
    const rows = params.limit > 0 ? dataset.rows.slice(0, params.limit) : dataset.rows
    if (rows.length === 0) throw new TributaryError('data-empty', `The table ${dataset.name} has no rows.`, { place: { port: 'source' } })
    return { dataset: { ...dataset, rows, ...(params.use === 'unsaid' ? {} : { use: params.use }) } }
  },
)
