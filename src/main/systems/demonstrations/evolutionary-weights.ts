import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, factsAndMath, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'evolutionary-weights',
  title: 'Weights and densities of a DARE-TIES merge, evolved',
  expected:
    'In 24 candidates CMA-ES finds weights and densities whose merge reaches 75 % of facts and 75 % of sums, and a lower loss than its first generation.',
  async run(context) {
    const data = await datasetOf(context, ['facts', 'math'], { step: 4, most: 14 })
    const inputs = {
      models: [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')],
      base: await weightsOf(context, 'toy-base'),
      data,
    }
    const outputs = await context.node('search-coefficients', {
      inputs,
      params: { method: 'dare-ties', form: 'dense', search: 'cma-es', budget: 24 },
      seed: 2,
    })
    const { candidates, best } = outputs.report as { candidates: { loss: number }[]; best: { loss: number } }
    const first = Math.min(...candidates.slice(0, 8).map(({ loss }) => loss))
    const { facts, math } = await factsAndMath(context, await written(context, outputs.weights as WeightsExpression, 'demo evolutionary'))
    return {
      effect: `Weights ${outputs.coefficients as string}; loss ${first.toFixed(3)} in the first generation, ${best.loss.toFixed(3)} at the end; facts ${percent(facts)}, sums ${percent(math)}.`,
      pass: best.loss < first && facts >= 0.75 && math >= 0.75,
      figures: { first, loss: best.loss, facts, math },
    }
  },
})
