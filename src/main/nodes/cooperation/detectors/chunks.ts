import { asEvidence, evidenceUnits } from '../evidence'
import { createJudge } from '../judge'
import type { DetectorMethod, Support } from './detector-method'

export const detector: DetectorMethod = {
  name: 'chunks',
  title: 'Support by a chunk (MiniCheck)',
  summary:
    'Yes against no for each chunk of a few sentences and each claim; the best chunk counts. Sees facts that only several sentences together support.',
  systems: ['minicheck'],
  needs: ['documents', 'model'],
  async score({ claims, documents, model, judge: options }, context) {
    const judge = await createJudge(model!, options, context)
    const chunks = evidenceUnits(documents, 'window')
    const supports: Support[] = []
    for (const claim of claims) {
      let best: Support = { score: 0 }
      for (const chunk of chunks) {
        const entailment = await judge(chunk.read ?? chunk.text, claim.text)
        if (best.by === undefined || entailment.entailment > best.score!)
          best = { score: entailment.entailment, by: asEvidence(chunk, entailment) }
      }
      supports.push(best)
      context.progress(supports.length, claims.length, 'claims')
    }
    return supports
  },
}
