import { defineNode } from '../../node-runtime'
import { relevanceOf } from '../asking'

/** Passages in a better order: a reranking model reads each together with the query. */
export default defineNode(
  {
    type: 'rerank-passages',
    version: 1,
    title: 'Rerank passages',
    family: 'cooperation',
    survey: '5.3.2',
    paper: 'Nogueira & Cho 2019, arXiv:1901.04085',
    summary: 'Orders passages by a reranking model, which reads each together with the query.',
    help: [
      'A retriever compares words or vectors made beforehand, which is fast and coarse. A reranker reads the query and one passage at a time, so it sees what the words mean together. Let the retriever find many (20 to 100), and keep the best few here.',
      '',
      'The cost is one reading for each passage. The scores are the raw outputs of the model: comparable within one query, not between models. Equal scores keep the order in which they came.',
    ].join('\n'),
    synonyms: ['reranker', 'cross-encoder', 'monoBERT', 'bge-reranker', 'second stage', 'sort passages'],
    inputs: {
      documents: { wire: 'documents', arity: 'one', summary: 'the passages, such as those of a retriever' },
      query: { wire: 'text', arity: 'one', summary: 'what they should answer' },
    },
    outputs: { documents: { wire: 'documents', summary: 'the best passages, best first, with scores' } },
    params: {
      model: {
        kind: 'model',
        default: null,
        needs: 'relevance',
        title: 'Reranker',
        summary: 'the model that reads query and passage together',
      },
      k: {
        kind: 'number',
        default: 5,
        min: 1,
        max: 1000,
        integer: true,
        unit: 'passages',
        title: 'How many',
        summary: 'passages kept at most',
      },
      least: {
        kind: 'number',
        default: -1000,
        min: -1000,
        max: 1000,
        title: 'Least score',
        summary: 'passages below this score are dropped; −1000 drops none',
        advanced: true,
      },
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { documents, query }, params, context }) => {
    if (documents.length === 0 || query.trim() === '') return { documents: documents.slice(0, params.k) }
    const scores = await relevanceOf(
      context,
      params.model,
      query,
      documents.map(({ text }) => text),
    )
    const scored = documents.map((document, i) => ({ ...document, score: scores[i]! }))
    return {
      documents: scored
        .filter(({ score }) => score >= params.least)
        .sort((a, b) => b.score - a.score)
        .slice(0, params.k),
    }
  },
)
