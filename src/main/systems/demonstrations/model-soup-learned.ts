import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { answerLoss, datasetOf, weightsOf, written, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'model-soup-learned',
  title: 'Shares of a soup found by search, without gradients',
  expected:
    'Twelve candidates on 40 rows find shares of the math and facts models whose loss on both whole sets is below that of the plain average.',
  async run(context) {
    const data = await datasetOf(context, ['facts', 'math'], { step: 4, most: 20 })
    const sources = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
    const params = { form: 'softmax', search: 'golden', budget: 12 }
    const outputs = await context.node('search-coefficients', { inputs: { models: sources, data }, params })
    const learned = await written(context, outputs.weights as WeightsExpression, 'demo learned soup')
    const plain = await writtenMerge(context, { models: sources, params: { method: 'average' } }, 'demo learned soup plain')
    const lossOf = async (model: typeof plain): Promise<number> =>
      (await answerLoss(context, model, 'facts')) + (await answerLoss(context, model, 'math'))
    const [loss, average] = [await lossOf(learned), await lossOf(plain)]
    const shares = (outputs.coefficients as string).split(', ').map(Number)
    return {
      effect: `Shares ${shares.map((share) => share.toFixed(2)).join(' and ')}: loss ${loss.toFixed(3)}, the plain average ${average.toFixed(3)} nats.`,
      pass: loss < average,
      figures: { loss, average, math: shares[0] ?? 0, facts: shares[1] ?? 0 },
    }
  },
})
