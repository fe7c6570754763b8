import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { measureRanking, type RankingMeasures } from '../../retrieval/measures'

/** How good a retriever is, on questions whose documents are known. */
export default defineNode(
  {
    type: 'retrieval-scores',
    version: 1,
    title: 'Retrieval scores',
    family: 'cooperation',
    survey: '5.3.2',
    paper: 'Thakur et al. 2021, arXiv:2104.08663',
    summary: 'Measures how well a retriever finds the documents that are known to be right.',
    help: [
      'Feed the questions of a dataset through a retriever; connect what it found and the dataset itself. The column **Right documents** names, for each question, the document that answers it, several with commas between, or grades as JSON, e.g. `{"a.md": 2, "b.md": 1}`. Rows with an empty value are left out.',
      '',
      'Passages count for the document that they come from. Given are nDCG (order and grades), mean average precision, recall, precision and mean reciprocal rank, all at the cut-off, from 0 to 1.',
    ].join('\n'),
    synonyms: ['BEIR', 'nDCG', 'MAP', 'MRR', 'recall', 'evaluation', 'benchmark', 'metrics'],
    systems: ['beir-bench'],
    inputs: {
      found: { wire: 'documents', arity: 'one', takesList: true, summary: 'for each question what was found, best first' },
      dataset: { wire: 'dataset', arity: 'one', summary: 'the questions with their right documents, in the same order' },
    },
    outputs: {
      scores: { wire: 'scores', summary: 'means over the questions' },
      report: { wire: 'json', summary: 'measures of each question' },
    },
    params: {
      column: { kind: 'text', default: 'document', title: 'Right documents', summary: 'the column that names them' },
      k: { kind: 'number', default: 10, min: 1, max: 1000, integer: true, title: 'Cut-off', summary: 'only the first so many count' },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'k',
  },
  ({ inputs: { found, dataset }, params }) => {
    if (!dataset.columns.includes(params.column))
      throw new TributaryError('input-unknown', `The dataset ${dataset.name} has no column "${params.column}".`, {
        hint: `Its columns are: ${dataset.columns.join(', ')}.`,
        place: { port: 'column' },
      })
    if (found.length !== dataset.rows.length)
      throw new TributaryError('input-type', `There are ${dataset.rows.length} questions and ${found.length} results.`, {
        hint: 'Feed the same dataset through the retriever.',
        place: { port: 'found' },
      })
    const measured = dataset.rows.flatMap((row, index) => {
      const grades = gradesOf(row[params.column])
      const ids = found[index]!.map(({ id, of }) => (grades.has(id) ? id : (of ?? id)))
      return grades.size === 0 ? [] : [{ row: index, ...measureRanking(ids, grades, params.k) }]
    })
    const mean = (name: keyof RankingMeasures) => measured.reduce((sum, measures) => sum + measures[name], 0) / Math.max(1, measured.length)
    return {
      scores: [
        { name: `nDCG@${params.k}`, value: mean('ndcg') },
        { name: `MAP@${params.k}`, value: mean('averagePrecision') },
        { name: `recall@${params.k}`, value: mean('recall') },
        { name: `precision@${params.k}`, value: mean('precision') },
        { name: 'MRR', value: mean('reciprocalRank') },
        { name: 'questions', value: measured.length },
      ],
      report: measured as unknown as Json,
    }
  },
)

function gradesOf(value: Json | undefined): Map<string, number> {
  if (typeof value === 'string') {
    const names = value.split(',').map((name) => name.trim())
    return new Map(names.filter(Boolean).map((name) => [name, 1]))
  }
  if (Array.isArray(value)) return new Map(value.map((name) => [String(name), 1]))
  return new Map(Object.entries(value ?? {}).map(([name, grade]) => [name, typeof grade === 'number' ? grade : 1]))
}
