import { asEvidence } from '../evidence'
import { createJudge } from '../judge'
import type { DetectorMethod, Support } from './detector-method'

export const detector: DetectorMethod = {
  name: 'entailment',
  title: 'Entailment by a model (SummaC)',
  summary:
    'For each claim the greatest probability that a sentence of the documents entails it, less the greatest that one contradicts it, brought to 0..1.',
  systems: ['summac'],
  needs: ['documents', 'model'],
  async score({ claims, choose, model, judge: options }, context) {
    const judge = await createJudge(model!, options, context)
    const supports: Support[] = []
    for (const claim of claims) {
      const judged: NonNullable<Support['by']>[] = []
      for (const unit of choose(claim.text)) judged.push(asEvidence(unit, await judge(unit.read ?? unit.text, claim.text)))
      const most = (label: 'entailment' | 'contradiction') => Math.max(0, ...judged.map((item) => item.entailment[label]))
      const best = judged.reduce<Support['by']>(
        (found, item) => (found === undefined || item.entailment.entailment > found.entailment.entailment ? item : found),
        undefined,
      )
      supports.push({ score: (1 + most('entailment') - most('contradiction')) / 2, ...(best ? { by: best } : {}) })
      context.progress(supports.length, claims.length, 'claims')
    }
    return supports
  },
}
