import { relevanceOf } from '../../asking'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'relevance',
  title: 'Relevance by a reranker',
  formula: 'score(y) = relevance(question, y) by the model',
  summary: 'A reranking model (cross-encoder) reads the question and each answer together. Says what fits the question, not what is true.',
  systems: [],
  needs: ['relevance', 'question'],
  score: ({ question, candidates, model }, context) =>
    relevanceOf(
      context,
      model!,
      question,
      candidates.map(({ text }) => text),
    ),
}
