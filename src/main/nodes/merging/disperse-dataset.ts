import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { cluster } from '../../weights/kernels/k-means'
import { embedderParam } from '../common-params'
import { listText } from './method-params'

/** Instruction data in parts of like content, one model to be trained on each, the models to be averaged. */
export default defineNode(
  {
    type: 'disperse-dataset',
    version: 1,
    title: 'Disperse dataset',
    family: 'merging',
    summary: 'Splits a dataset into parts of like content, so that one model can be trained on each and all be averaged.',
    help: `The first half of *disperse, then merge*: each bias in the data stays in one part’s model and is averaged away. Rows are grouped by the words they share (or by an embedding model), seeded. Train one model on each part elsewhere, load them with *Load weights*, and average them in a *Merger*: with the sizes as *Weights*, or alike.`,
    synonyms: ['cluster', 'k-means', 'split', 'disperse then merge', 'data bias'],
    survey: '3',
    paper: 'Fu et al. 2024, arXiv:2405.13432',
    systems: ['disperse-then-merge'],
    inputs: { data: { wire: 'dataset', arity: 'one', summary: 'the rows' } },
    outputs: {
      parts: { wire: 'dataset', list: true, summary: 'the parts, each row in exactly one' },
      sizes: { wire: 'text', summary: 'the share of the rows that each has, as weights for a Merger' },
    },
    params: {
      count: { kind: 'number', default: 4, min: 1, max: 64, integer: true, title: 'Parts', summary: 'how many' },
      column: { kind: 'text', default: 'prompt', title: 'Column', summary: 'the text that rows are compared by' },
      embedder: embedderParam('compares by meaning; none: by words'),
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    face: 'count',
  },
  async ({ inputs: { data }, params, context }) => {
    if (data.rows.length === 0) throw new TributaryError('data-empty', `The dataset ${data.name} has no rows to disperse.`)
    const texts = data.rows.map((row) => String(row[params.column] ?? ''))
    if (texts.every((text) => text === ''))
      throw new TributaryError('input-type', `No row of ${data.name} has a text in the column "${params.column}".`, {
        hint: `Its columns are ${data.columns.join(', ')}.`,
      })
    const vectors =
      params.embedder === null
        ? texts.map(wordVector)
        : await (await context.models.open(params.embedder)).embed(texts, context.models.call)
    const part = cluster(vectors, params.count, context.seed)
    const parts = Array.from({ length: Math.min(params.count, data.rows.length) }, (_, index) => ({
      name: `${data.name} ${index + 1}`,
      columns: data.columns,
      rows: data.rows.filter((_row, at) => part[at] === index),
    })).filter(({ rows }) => rows.length > 0)
    return { parts, sizes: listText(parts.map(({ rows }) => rows.length / data.rows.length)) }
  },
)

const buckets = 256

/** Words hashed into 256 counts, of length 1. */
function wordVector(text: string): Float32Array {
  const vector = new Float32Array(buckets)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 2166136261
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619)
    const at = (hash >>> 0) % buckets
    vector[at] = (vector[at] as number) + 1
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}
