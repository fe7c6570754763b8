import { entityPrecision, wordSupport } from '../../../claims/rules'
import { asEvidence } from '../evidence'
import type { DetectorMethod } from './detector-method'

const certain = (isIn: boolean) => ({ entailment: isIn ? 1 : 0, neutral: isIn ? 0 : 1, contradiction: 0 })

export const detector: DetectorMethod = {
  name: 'words',
  title: 'Shared words, names and numbers',
  summary:
    'How many of the claim’s telling words the best sentence has, and how many of its names and numbers the documents have. No model; sees invented facts, not swapped ones.',
  systems: ['entity-triple-rules'],
  needs: ['documents'],
  score: async ({ claims, documents, choose }) => {
    const all = documents.map(({ title, text }) => `${title ?? ''}\n${text}`).join('\n')
    return claims.map((claim) => {
      const scored = choose(claim.text).map((unit) => ({ unit, share: wordSupport(claim.text, unit.read ?? unit.text) ?? 0 }))
      const best = scored.reduce<(typeof scored)[number] | undefined>(
        (most, item) => (most === undefined || item.share > most.share ? item : most),
        undefined,
      )
      const entities = entityPrecision(claim.text, all)
      const share = best?.share ?? 0
      return {
        score: entities === null ? share : Math.min(share, entities),
        ...(best ? { by: asEvidence(best.unit, certain(share === 1)) } : {}),
      }
    })
  },
}
