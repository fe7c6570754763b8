import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'weighted-average',
  title: 'A weighted average leans to the model with the larger weight',
  expected:
    'The facts model alone is right on 100 % of facts and about half of the sums, the math model the other way round; the merged one must with weights 0.45 and 0.55 reach 90 % of facts and 70 % of sums.',
  async run(context) {
    const model = await writtenMerge(
      context,
      { models: ['toy-math', 'toy-facts'], params: { method: 'linear', weights: '0.45, 0.55' } },
      'demo weighted-average',
    )
    const { facts, math } = await factsAndMath(context, model)
    return {
      effect: `facts ${percent(facts)}, sums ${percent(math)} in one model.`,
      pass: facts >= 0.9 && math >= 0.7,
      figures: { facts, math },
    }
  },
})
