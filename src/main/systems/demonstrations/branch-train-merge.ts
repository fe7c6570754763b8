import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, mergedWeights, skill, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'branch-train-merge',
  title: 'Experts weighed by how likely they find the text in hand',
  expected: 'With sums as context the math expert weighs most, and the mix solves at least 80 % of the sums.',
  async run(context) {
    const models = ['toy-math', 'toy-facts', 'toy-polite']
    const data = await datasetOf(context, ['math'], { step: 12, most: 8 })
    const sources: WeightsExpression[] = []
    for (const id of models) sources.push(await weightsOf(context, id))
    const { weights } = await context.node('likelihood-weights', { inputs: { models: sources, data }, params: { temperature: 0.3 } })
    const shares = (weights as string).split(', ').map(Number)
    const heaviest = models[shares.indexOf(Math.max(...shares))]
    const mixed = await written(
      context,
      await mergedWeights(context, { models, params: { method: 'linear', weights } }),
      'demo branch-train-merge',
    )
    const right = await skill(context, mixed, 'math')
    return {
      effect: `Weights ${shares.map((share) => share.toFixed(2)).join(', ')}; the mix is right on ${percent(right)} of the sums.`,
      pass: heaviest === 'toy-math' && right >= 0.8,
      figures: { math: shares[0] ?? 0, facts: shares[1] ?? 0, polite: shares[2] ?? 0, right },
    }
  },
})
