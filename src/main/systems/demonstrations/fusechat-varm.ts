import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'fusechat-varm',
  title: 'VaRM weighs each matrix by how far it moved',
  expected:
    'The facts model alone is right on 100 % of facts and about half of the sums, the math model the other way round; the merged one must reach 75 % of facts and 85 % of sums, which the plain average does not.',
  async run(context) {
    const model = await writtenMerge(
      context,
      { models: ['toy-math', 'toy-facts'], base: 'toy-base', params: { method: 'varm' } },
      'demo fusechat-varm',
    )
    const { facts, math } = await factsAndMath(context, model)
    return {
      effect: `facts ${percent(facts)}, sums ${percent(math)} in one model.`,
      pass: facts >= 0.75 && math >= 0.85,
      figures: { facts, math },
    }
  },
})
