import { evidenceUnits } from '../evidence'
import { createJudge } from '../judge'
import type { DetectorMethod } from './detector-method'

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
    const supports = []
    for (const claim of claims) {
      let best: { score: number; by: (typeof chunks)[number] & { entailment: Awaited<ReturnType<typeof judge>> } } | undefined
      for (const chunk of chunks) {
        const entailment = await judge(chunk.text, claim.text)
        if (best === undefined || entailment.entailment > best.score) best = { score: entailment.entailment, by: { ...chunk, entailment } }
      }
      supports.push(best ?? { score: 0 })
      context.progress(supports.length, claims.length, 'claims')
    }
    return supports
  },
}
