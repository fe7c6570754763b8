import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, factsAndMath, mergedWeights, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'ama',
  title: 'A share for each part of the layers, with a fixed mean',
  expected:
    'On the rows it searches on, shares for the first, middle and last layers lose less than the same mean share everywhere, and the merge keeps 85 % of facts and 70 % of sums.',
  async run(context) {
    const models = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
    const data = await datasetOf(context, ['facts', 'math'], { step: 4, most: 20 })
    const params = { form: 'layers', search: 'cma-es', budget: 21, mean: 0.5 }
    const outputs = await context.node('search-coefficients', { inputs: { models, data }, params, seed: 3 })
    const even = await mergedWeights(context, { models, params: { method: 'linear', weights: '0.5, 0.5' } })
    const { losses } = await context.node('likelihood-weights', { inputs: { models: [even], data } })
    const evenLoss = (losses as number[])[0] ?? 0
    const { best } = outputs.report as { best: { loss: number } }
    const { facts, math } = await factsAndMath(context, await written(context, outputs.weights as WeightsExpression, 'demo ama'))
    const first = /"parts":\[([^\]]*)\]/.exec(outputs.coefficients as string)?.[1] ?? ''
    const shares = first.split(',').map((share) => Number(share).toFixed(2))
    return {
      effect: `Shares of the math model from first to last layer ${shares.join(', ')}: loss ${best.loss.toFixed(3)}, one share everywhere ${evenLoss.toFixed(3)} nats; facts ${percent(facts)}, sums ${percent(math)}.`,
      pass: best.loss < evenLoss && facts >= 0.85 && math >= 0.7,
      figures: { loss: best.loss, even: evenLoss, facts, math },
    }
  },
})
