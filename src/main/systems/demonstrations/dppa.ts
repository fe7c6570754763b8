import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, judgedSkill, mergedWeights, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'dppa',
  title: 'A fifth of a far task vector, amplified part by part',
  expected:
    'The reading model is far from its base. With 80 % of its task vector pruned, amplified parts read at least as well as what magnitude pruning leaves, and better than what random dropping leaves.',
  async run(context) {
    const [tuned, base] = [await weightsOf(context, 'toy-reader'), await weightsOf(context, 'toy-base')]
    const { delta } = await context.node('task-vector', { inputs: { tuned, base } })
    const data = await datasetOf(context, ['reading'], { step: 4, most: 24 })
    const reads = async (pruned: unknown, name: string): Promise<number> =>
      judgedSkill(
        context,
        await written(
          context,
          await mergedWeights(context, { models: [pruned as WeightsExpression], base: 'toy-base', params: { method: 'task-arithmetic' } }),
          `demo dppa ${name}`,
        ),
        'reading',
      )
    const found = await context.node('amplify-partitions', { inputs: { delta, base, data } })
    const amplified = await reads(found.delta, 'amplified')
    const magnitude = await reads(
      (await context.node('prune', { inputs: { delta }, params: { pruner: 'magnitude', density: 0.2 } })).delta,
      'magnitude',
    )
    const dare = await reads((await context.node('prune', { inputs: { delta }, params: { pruner: 'dare', density: 0.2 } })).delta, 'dare')
    const { gammas } = found.report as { gammas: number[] }
    return {
      effect: `Factors ${gammas.join(' and ')}: reads ${percent(amplified)}; by magnitude ${percent(magnitude)}, at random ${percent(dare)}.`,
      pass: amplified >= magnitude && amplified > dare,
      figures: { amplified, magnitude, dare },
    }
  },
})
