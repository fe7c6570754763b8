import { defineRetrieval } from '../search'

export default defineRetrieval({
  name: 'dense',
  title: 'Meaning (embeddings)',
  summary: 'Compares the meaning of query and passage by an embedding model; finds other words for the same thing.',
  systems: ['contriever'],
  needsVectors: true,
  search: (open, query, k) => (query.vector ? open.dense(query.vector, k) : []),
})
