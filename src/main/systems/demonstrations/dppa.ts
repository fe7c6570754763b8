import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { answerLoss, datasetOf, judgedSkill, mergedWeights, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'dppa',
  title: 'A fifth of a far task vector, amplified part by part',
  expected:
    'The reading model is far from its base. With 80 % of its task vector pruned, amplified parts read at least as well as what magnitude pruning leaves, and better than what random dropping leaves; amplifying lowers the loss of the same parts as they are.',
  async run(context) {
    const [tuned, base] = [await weightsOf(context, 'toy-reader'), await weightsOf(context, 'toy-base')]
    const { delta } = await context.node('task-vector', { inputs: { tuned, base } })
    const data = await datasetOf(context, ['reading'], { step: 4, most: 24 })
    const added = async (pruned: unknown, name: string) =>
      written(
        context,
        await mergedWeights(context, { models: [pruned as WeightsExpression], base: 'toy-base', params: { method: 'task-arithmetic' } }),
        `demo dppa ${name}`,
      )
    const reads = async (pruned: unknown, name: string): Promise<number> => judgedSkill(context, await added(pruned, name), 'reading')
    const found = await context.node('amplify-partitions', { inputs: { delta, base, data } })
    const amplified = await reads(found.delta, 'amplified')
    const magnitude = await reads(
      (await context.node('prune', { inputs: { delta }, params: { pruner: 'magnitude', density: 0.2 } })).delta,
      'magnitude',
    )
    const dare = await reads((await context.node('prune', { inputs: { delta }, params: { pruner: 'dare', density: 0.2 } })).delta, 'dare')
    const asTheyAre = { pruner: 'dppa', gamma1: 1, gamma2: 1, gamma3: 1 }
    const same = (await context.node('prune', { inputs: { delta }, params: asTheyAre })).delta
    const [loss, lossAsTheyAre] = [
      await answerLoss(context, await added(found.delta, 'amplified loss'), 'reading', 60),
      await answerLoss(context, await added(same, 'as they are'), 'reading', 60),
    ]
    const { gammas } = found.report as { gammas: number[] }
    return {
      effect: `Factors ${gammas.join(' and ')}: reads ${percent(amplified)}, loss ${loss.toFixed(3)} (as they are ${lossAsTheyAre.toFixed(3)} nats); by magnitude ${percent(magnitude)}, at random ${percent(dare)}.`,
      pass: amplified >= magnitude && amplified > dare && loss < lossAsTheyAre,
      figures: { amplified, magnitude, dare, loss, lossAsTheyAre },
    }
  },
})
