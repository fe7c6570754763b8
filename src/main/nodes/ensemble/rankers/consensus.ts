import { consensusScores } from '../../../ranking/consensus'
import { rougeL, wordsOf } from '../../../ranking/overlap'
import { cosine } from '../../../retrieval/dense'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'consensus',
  title: 'Likeness to the other answers (MBR)',
  formula: "score(y) = mean over the other answers y' of likeness(y, y')",
  summary:
    'The answer most like all the others wins: by ROUGE-L of words, or by cosine where an embedding model is chosen. Needs no question and no model.',
  systems: ['reference-metrics'],
  needs: [],
  async score({ candidates, model: ref }, context) {
    const texts = candidates.map(({ text }) => text)
    if (ref === null) return consensusScores(texts.map(wordsOf), (a, b) => rougeL(a, b).f)
    const vectors = await (await context.models.open(ref)).embed(texts, context.models.call)
    return consensusScores(vectors, cosine)
  },
}
