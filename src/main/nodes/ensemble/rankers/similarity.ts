import { cosine } from '../../../retrieval/dense'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'similarity',
  title: 'Nearness to the question',
  formula: 'score(y) = cos(embedding of the question, embedding of y)',
  summary: 'Cosine of answer and question under an embedding model. Fast; tells what is off the topic, not what is wrong.',
  systems: [],
  needs: ['embeddings', 'question'],
  async score({ question, candidates, model: ref }, context) {
    const model = await context.models.open(ref!)
    const [query, ...vectors] = await model.embed([question, ...candidates.map(({ text }) => text)], context.models.call)
    return vectors.map((vector) => cosine(query!, vector))
  },
}
