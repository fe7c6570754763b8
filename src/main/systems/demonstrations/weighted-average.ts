import { defineDemonstration } from '../demonstration'
import { factsAndMath, skillsText, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'weighted-average',
  title: 'A weighted average leans to the model with the larger weight',
  expected:
    'With 0.75 for the math model the merge reaches 95 % of sums and 70 % of facts, with 0.25 it reaches 95 % of facts and 20 points fewer sums.',
  async run(context) {
    const leaning = async (weights: string) => {
      const merge = { models: ['toy-math', 'toy-facts'], params: { method: 'linear', weights } }
      return factsAndMath(context, await writtenMerge(context, merge, `demo weighted-average ${weights}`))
    }
    const [sums, facts] = [await leaning('0.75, 0.25'), await leaning('0.25, 0.75')]
    return {
      effect: `0.75 and 0.25: ${skillsText(sums)}; 0.25 and 0.75: ${skillsText(facts)}.`,
      pass: sums.math >= 0.95 && sums.facts >= 0.7 && facts.facts >= 0.95 && facts.math <= sums.math - 0.2,
      figures: { sumsFacts: sums.facts, sumsMath: sums.math, factsFacts: facts.facts, factsMath: facts.math },
    }
  },
})
