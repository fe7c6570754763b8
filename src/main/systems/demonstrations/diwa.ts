import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { answerLoss, datasetOf, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'diwa',
  title: 'Diverse runs of one ancestor, averaged where they help',
  expected:
    'Runs that learnt different things are averaged by restricted selection; the loss on held-out rows that the selection never saw is below that of every member.',
  async run(context) {
    const models = ['toy-math', 'toy-facts', 'toy-polite']
    const data = await datasetOf(context, ['facts', 'math'], { step: 3, most: 30 })
    const sources: WeightsExpression[] = []
    for (const id of models) sources.push(await weightsOf(context, id))
    const outputs = await context.node('greedy-soup', { inputs: { models: sources, data }, params: { rows: 60 } })
    const report = outputs.report as { alone: number[]; kept: number[]; loss: number }
    const soup = await written(context, outputs.weights as WeightsExpression, 'demo diwa')
    const lossOf = async (model: typeof soup): Promise<number> =>
      (await answerLoss(context, model, 'facts')) + (await answerLoss(context, model, 'math'))
    const members: number[] = []
    for (const id of models) members.push(await lossOf(await context.model(id)))
    const [best, loss] = [Math.min(...members), await lossOf(soup)]
    return {
      effect: `Kept ${report.kept.map((index) => models[index]).join(', ')}: loss ${loss.toFixed(3)} over both whole sets, the best member alone ${best.toFixed(3)} nats.`,
      pass: loss < best && report.kept.length >= 2,
      figures: { loss, best, kept: report.kept.length },
    }
  },
})
