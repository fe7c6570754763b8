import { splitClaims } from '../../../claims/split'
import { createChooser, evidenceUnits } from '../../cooperation/evidence'
import { createJudge } from '../../cooperation/judge'
import type { RankerMethod } from './ranker-method'

export const ranker: RankerMethod = {
  name: 'entailment',
  title: 'Support by documents',
  formula: 'score(y) = mean over claims c of y of max over the 8 sentences s nearest to c of P(s entails c); 0 without claims',
  summary:
    'The mean over an answer’s claims of the greatest probability that a sentence of the documents entails it. An answer without claims scores 0.',
  systems: ['nli-reranking'],
  needs: ['text', 'documents'],
  async score({ candidates, documents, model, judge: options }, context) {
    const judge = await createJudge(model!, options, context)
    const choose = createChooser(evidenceUnits(documents, 'sentence'), 8)
    const scores: number[] = []
    for (const { text } of candidates) {
      const claims = splitClaims(text)
      let total = 0
      for (const claim of claims) {
        let most = 0
        for (const unit of choose(claim.text)) most = Math.max(most, (await judge(unit.read ?? unit.text, claim.text)).entailment)
        total += most
      }
      scores.push(claims.length === 0 ? 0 : total / claims.length)
      context.progress(scores.length, candidates.length, 'candidates')
    }
    return scores
  },
}
