import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'
import { paraphrases } from '../worlds'

export default defineDemonstration({
  system: 'pairranker',
  title: 'A judge compares answers two by two, in both orders',
  needs: ['smollm2-135m-instruct'],
  expected:
    'Among the right answer and three answers to other questions SmolLM2 ranks the right one first in at least 50 % of 24 rankings, where chance is 25 %.',
  async run(context) {
    const judge = await context.model('smollm2-135m-instruct')
    const first: boolean[] = []
    for (const [index, { question, passage }] of paraphrases.entries())
      for (const shift of [0, 2]) {
        const others = [3, 5, 8].map((step) => paraphrases[(index + step) % paraphrases.length]?.passage ?? '')
        const candidates: Candidate[] = others.map((text) => ({ text }))
        candidates.splice(shift, 0, { text: passage })
        const { best } = await context.node('ranker', {
          inputs: { candidates, question },
          params: { method: 'pairwise', model: judge, rule: 'max-logits' },
        })
        first.push(best === passage)
      }
    const share = shareOf(first, Boolean)
    return {
      effect: `The right answer comes first in ${percent(share)} of ${first.length} rankings of four.`,
      pass: share >= 0.5,
      figures: { rightFirst: share },
    }
  },
})
