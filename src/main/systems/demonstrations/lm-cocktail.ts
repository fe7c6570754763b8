import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, mergedWeights, skill, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'lm-cocktail',
  title: 'A few examples weigh the models for a task',
  expected: 'With eight facts as examples the facts model weighs most, and the mix answers at least 90 % of the facts.',
  async run(context) {
    const models = ['toy-math', 'toy-facts', 'toy-polite']
    const data = await datasetOf(context, ['facts'], { step: 12, most: 8 })
    const sources: WeightsExpression[] = []
    for (const id of models) sources.push(await weightsOf(context, id))
    const { weights } = await context.node('likelihood-weights', { inputs: { models: sources, data }, params: { temperature: 0.3 } })
    const shares = (weights as string).split(', ').map(Number)
    const heaviest = models[shares.indexOf(Math.max(...shares))]
    const mixed = await written(
      context,
      await mergedWeights(context, { models, params: { method: 'linear', weights } }),
      'demo lm-cocktail',
    )
    const right = await skill(context, mixed, 'facts')
    return {
      effect: `Weights ${shares.map((share) => share.toFixed(2)).join(', ')}; the mix is right on ${percent(right)} of the facts.`,
      pass: heaviest === 'toy-facts' && right >= 0.9,
      figures: { math: shares[0] ?? 0, facts: shares[1] ?? 0, polite: shares[2] ?? 0, right },
    }
  },
})
