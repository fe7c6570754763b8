import { sigmoid } from '../../../ranking/pairwise'
import { isToy, plain } from '../../asking'
import { asEvidence } from '../evidence'
import type { DetectorMethod } from './detector-method'

export const detector: DetectorMethod = {
  name: 'likelihood',
  title: 'What the documents make likely',
  summary:
    'How much likelier a model finds each token of the claim with the evidence before it than without, as a number from 0 to 1; 0.5: no difference. One reading with and one without.',
  systems: [],
  needs: ['documents', 'model'],
  async score({ claims, choose, model: ref, documents }, context) {
    const model = await context.models.open(ref!)
    const { call } = context.models
    const label = isToy(model.ref) ? 'context: ' : ''
    const perToken = async (before: string, claim: string) => {
      const [scored] = await model.scoreContinuations({ prompt: plain(before), continuations: [` ${claim}`] }, call)
      return scored!.logprob / Math.max(1, scored!.tokens)
    }
    const supports = []
    for (const claim of claims) {
      const alone = await perToken(label.trimEnd() || '\n', claim.text)
      let best = documents.length === 0 ? 0 : -Infinity
      let by: ReturnType<typeof choose>[number] | undefined
      for (const unit of choose(claim.text)) {
        const gain = (await perToken(`${label}${unit.text}`, claim.text)) - alone
        if (gain > best) [best, by] = [gain, unit]
      }
      const score = sigmoid(Number.isFinite(best) ? best : 0)
      supports.push({ score, ...(by ? { by: asEvidence(by, { entailment: score, neutral: 1 - score, contradiction: 0 }) } : {}) })
      context.progress(supports.length, claims.length, 'claims')
    }
    return supports
  },
}
