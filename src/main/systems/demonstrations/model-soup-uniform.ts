import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'model-soup-uniform',
  title: 'The plain average of two specialists knows both',
  expected:
    'The facts model alone is right on 100 % of facts and about half of the sums, the math model the other way round; the merged one must reach 90 % of facts and 75 % of sums.',
  async run(context) {
    const model = await writtenMerge(
      context,
      { models: ['toy-math', 'toy-facts'], params: { method: 'average' } },
      'demo model-soup-uniform',
    )
    const { facts, math } = await factsAndMath(context, model)
    return {
      effect: `facts ${percent(facts)}, sums ${percent(math)} in one model.`,
      pass: facts >= 0.9 && math >= 0.75,
      figures: { facts, math },
    }
  },
})
