import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { answerLoss, datasetOf, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'checkpoint-bayes',
  title: 'A searched mix of two checkpoints beats the last one',
  expected:
    'Bayesian optimisation of one share in 10 candidates finds a loss below that of both checkpoints, on rows that it did not search on too.',
  async run(context) {
    const [newer, older] = ['toy-base-ckpt3', 'toy-base-ckpt2']
    const data = await datasetOf(context, ['facts', 'math'], { step: 3, most: 25 })
    const outputs = await context.node('search-coefficients', {
      inputs: { models: [await weightsOf(context, newer), await weightsOf(context, older)], data },
      params: { form: 'share', search: 'bayes', budget: 10, low: 0.5, high: 1, rows: 50 },
    })
    const mixed = await written(context, outputs.weights as WeightsExpression, 'demo checkpoint bayes')
    const lossOf = async (model: typeof mixed): Promise<number> =>
      (await answerLoss(context, model, 'facts')) + (await answerLoss(context, model, 'math'))
    const [last, before, loss] = [await lossOf(await context.model(newer)), await lossOf(await context.model(older)), await lossOf(mixed)]
    return {
      effect: `Shares ${outputs.coefficients as string}: loss ${loss.toFixed(3)}, the last checkpoint ${last.toFixed(3)}, the one before ${before.toFixed(3)} nats.`,
      pass: loss < last && loss < before,
      figures: { loss, last, before },
    }
  },
})
