import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'
import { readings } from '../worlds'

export default defineDemonstration({
  system: 'nli-reranking',
  title: 'The answer that the source entails most goes to the front',
  expected: 'Of a right and a wrong answer to the same question, the right one is ranked first at least 85 times in 100.',
  async run(context) {
    const judge = await context.model('toy-reader')
    const wrong = (await readings(context, await context.model('toy-base'))).filter(({ isRight }) => !isRight)
    const first: boolean[] = []
    for (const { item, answer, documents } of wrong) {
      const candidates: Candidate[] = [{ text: answer }, { text: item.answer }]
      const { best } = await context.node('ranker', { inputs: { candidates, documents }, params: { method: 'entailment', model: judge } })
      first.push(best === item.answer)
    }
    const share = shareOf(first, (isFirst) => isFirst)
    return {
      effect: `The right answer comes first in ${percent(share)} of ${first.length} pairs.`,
      pass: first.length >= 30 && share >= 0.85,
      figures: { pairs: first.length, rightFirst: share },
    }
  },
})
