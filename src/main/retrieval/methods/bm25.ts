import { defineRetrieval } from '../search'

export default defineRetrieval({
  name: 'bm25',
  title: 'Shared words (BM25)',
  summary: 'Counts the words that query and passage share; rare words weigh more. Needs no model.',
  systems: ['bm25'],
  needsVectors: false,
  search: (open, query, k, options) => open.sparse(query.text, k, options),
})
