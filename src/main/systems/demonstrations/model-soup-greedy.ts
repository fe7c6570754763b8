import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, factsAndMath, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'model-soup-greedy',
  title: 'The greedy soup never loses to its best ingredient',
  expected:
    'On the rows it judges by, the loss is at most that of the best single model; the harmful reader stays out, and the soup knows 80 % of facts and 70 % of sums.',
  async run(context) {
    const models = ['toy-math', 'toy-facts', 'toy-reader', 'toy-base']
    const data = await datasetOf(context, ['facts', 'math'], { step: 3, most: 30 })
    const sources: WeightsExpression[] = []
    for (const id of models) sources.push(await weightsOf(context, id))
    const outputs = await context.node('greedy-soup', { inputs: { models: sources, data }, params: { rows: 60 } })
    const report = outputs.report as { alone: number[]; kept: number[]; loss: number }
    const { facts, math } = await factsAndMath(context, await written(context, outputs.weights as WeightsExpression, 'demo greedy soup'))
    const best = Math.min(...report.alone)
    return {
      effect: `Kept ${report.kept.map((index) => models[index]).join(', ')}; loss ${report.loss.toFixed(3)} against ${best.toFixed(3)} of the best alone; facts ${percent(facts)}, sums ${percent(math)}.`,
      pass: report.loss <= best && !report.kept.includes(2) && facts >= 0.8 && math >= 0.7,
      figures: { loss: report.loss, best, facts, math },
    }
  },
})
