import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, factsAndMath, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'adamerging',
  title: 'Task coefficients from certainty alone, without any answer',
  expected: 'Minimising the entropy of its own answers on unlabelled prompts finds coefficients that reach 85 % of facts and 85 % of sums.',
  async run(context) {
    const labelled = await datasetOf(context, ['facts', 'math'], { step: 4, most: 20 })
    const data = { ...labelled, rows: labelled.rows.map(({ prompt }) => ({ prompt: prompt ?? '', answer: '' })) }
    const inputs = {
      models: [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')],
      base: await weightsOf(context, 'toy-base'),
      data,
    }
    const outputs = await context.node('search-coefficients', {
      inputs,
      params: { method: 'task-arithmetic', form: 'free', search: 'cma-es', budget: 24, objective: 'entropy' },
    })
    const { facts, math } = await factsAndMath(context, await written(context, outputs.weights as WeightsExpression, 'demo adamerging'))
    const { best } = outputs.report as { best: { loss: number } }
    return {
      effect: `Coefficients ${outputs.coefficients as string} at an entropy of ${best.loss.toFixed(4)} nats; facts ${percent(facts)}, sums ${percent(math)}.`,
      pass: facts >= 0.85 && math >= 0.85,
      figures: { entropy: best.loss, facts, math },
    }
  },
})
