import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'mergekit',
  title: 'SLERP half way between two specialists',
  expected:
    'The facts model alone is right on 100 % of facts and about half of the sums, the math model the other way round; the merged one must reach 85 % of facts and 70 % of sums.',
  async run(context) {
    const model = await writtenMerge(context, { models: ['toy-math', 'toy-facts'], params: { method: 'slerp', t: 0.5 } }, 'demo mergekit')
    const { facts, math } = await factsAndMath(context, model)
    return {
      effect: `facts ${percent(facts)}, sums ${percent(math)} in one model.`,
      pass: facts >= 0.85 && math >= 0.7,
      figures: { facts, math },
    }
  },
})
