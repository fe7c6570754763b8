import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { datasetOf, judgedFactsAndMath, mergedWeights, skillsText, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'zipit',
  title: 'Units that behave alike are joined, whatever their order',
  expected:
    'The facts model with its hidden units shuffled cannot be averaged with the math model; zipped by what the units do on a few texts, the merge knows 20 points more in all.',
  async run(context) {
    const [math, facts] = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
    const data = await datasetOf(context, ['facts', 'math'], { step: 4 })
    const shuffled = (await context.node('align-units', { inputs: { model: facts }, seed: 11 })).weights as WeightsExpression
    const naive = await judgedFactsAndMath(
      context,
      await written(context, await mergedWeights(context, { models: [math, shuffled], params: { method: 'average' } }), 'demo zip naive'),
    )
    const { weights, report } = await context.node('zip-models', { inputs: { first: math, second: shuffled, data } })
    const zipped = await judgedFactsAndMath(context, await written(context, weights as WeightsExpression, 'demo zip'))
    const blocks = report as { across: number; within: number; alone: number }[]
    const across = blocks.reduce((sum, block) => sum + block.across, 0)
    return {
      effect: `Averaged: ${skillsText(naive)}; zipped: ${skillsText(zipped)}; ${across} units joined across the models.`,
      pass: zipped.facts + zipped.math >= naive.facts + naive.math + 0.2,
      figures: { naiveFacts: naive.facts, naiveMath: naive.math, facts: zipped.facts, math: zipped.math, across },
    }
  },
})
