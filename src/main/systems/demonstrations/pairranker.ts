import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { shareOf } from '../measure'
import { paraphrases } from '../worlds'

export default defineDemonstration({
  system: 'pairranker',
  title: 'A judge compares answers two by two, in both orders',
  needs: ['smollm2-135m-instruct'],
  expected:
    'Between the right answer and answers to two other questions, SmolLM2 as judge puts the right one first in at least 7 of 12 rankings, where chance is 4.',
  async run(context) {
    const judge = await context.model('smollm2-135m-instruct')
    const first: boolean[] = []
    for (const [index, { question, passage }] of paraphrases.entries()) {
      const others = [3, 7].map((step) => paraphrases[(index + step) % paraphrases.length]?.passage ?? '')
      const candidates: Candidate[] = others.map((text) => ({ text }))
      candidates.splice(index % 3, 0, { text: passage })
      const { best } = await context.node('ranker', {
        inputs: { candidates, question },
        params: { method: 'pairwise', model: judge, rule: 'max-logits' },
      })
      first.push(best === passage)
    }
    const right = first.filter(Boolean).length
    return {
      effect: `The right answer comes first in ${right} of ${first.length} rankings of three.`,
      pass: right >= 7,
      figures: { rightFirst: shareOf(first, Boolean) },
    }
  },
})
