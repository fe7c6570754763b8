import { selfCheck } from '../../../claims/agree'
import { createJudge } from '../judge'
import type { DetectorMethod } from './detector-method'

export const detector: DetectorMethod = {
  name: 'samples',
  title: 'Agreement of other answers (SelfCheckGPT)',
  summary:
    'Whether other answers to the same question contradict the claim. Needs no documents: what a model knows it says again, what it invents it invents anew.',
  systems: ['selfcheckgpt'],
  needs: ['samples', 'model'],
  async score({ claims, samples, model, judge: options }, context) {
    const judge = await createJudge(model!, options, context)
    const supports = []
    for (const claim of claims) {
      const opinions = []
      for (const sample of samples) opinions.push(await judge(sample, claim.text))
      const contradicted = selfCheck(opinions)
      supports.push({ score: contradicted === null ? null : 1 - contradicted })
      context.progress(supports.length, claims.length, 'claims')
    }
    return supports
  },
}
