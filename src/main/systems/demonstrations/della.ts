import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'della',
  title: 'DELLA drops small changes more often and keeps both skills',
  expected:
    'The facts model alone is right on 100 % of facts and about half of the sums, the math model the other way round; the merged one must reach 80 % of facts and 80 % of sums after a third of all changes were dropped.',
  async run(context) {
    const model = await writtenMerge(
      context,
      { models: ['toy-math', 'toy-facts'], base: 'toy-base', params: { method: 'della-linear', densities: '0.7', scale: 0.8 }, seed: 1 },
      'demo della',
    )
    const { facts, math } = await factsAndMath(context, model)
    return {
      effect: `facts ${percent(facts)}, sums ${percent(math)} in one model.`,
      pass: facts >= 0.8 && math >= 0.8,
      figures: { facts, math },
    }
  },
})
