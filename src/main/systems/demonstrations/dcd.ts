import type { DistributionExpression, WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent, shareOf } from '../measure'
import { weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'dcd',
  title: 'The amateur is the model itself, made coarser',
  expected:
    'Against its own first three layers (β = 1) toy-base answers at least 5 points more facts rightly, greedily, and samples no worse than with the plausibility cut alone. The toys show no more: a copy in 4 bits is too near to the model to tell it anything, and sums get worse, not better.',
  async run(context) {
    const base = await context.model('toy-base')
    const weights = await weightsOf(context, 'toy-base')
    const stacked = await context.node('stack-layers', { inputs: { models: [weights] }, params: { layers: '0: 0-2' } })
    const shallow = await written(context, stacked.weights as WeightsExpression, 'demo dcd three layers')
    const { model } = await context.node('write-model', { inputs: { weights }, params: { name: 'demo dcd 4 bits', dtype: 'Q4_0' } })
    const facts = await context.evalSet('facts')
    const sampled = async (of: (prompt: string) => DistributionExpression | Promise<DistributionExpression>): Promise<number> => {
      let right = 0
      for (const [index, { prompt, answer }] of facts.entries()) {
        const { candidates } = await context.node('decoder', {
          inputs: { distribution: await of(prompt) },
          params: { temperature: 1, samples: 4, maxTokens: 12 },
          seed: 4000 + 16 * index,
        })
        right += shareOf(candidates as { text: string }[], ({ text }) => text === answer)
      }
      return right / facts.length
    }
    const against = (amateur: typeof base) => (prompt: string) =>
      operator(context, 'contrast', { expert: leaf(base, prompt), amateur: leaf(amateur, prompt) }, { beta: 1, plausibility: 0.1 })
    const greedy = async (set: string, of: (prompt: string) => DistributionExpression | Promise<DistributionExpression>) =>
      accuracy(context, await context.evalSet(set, 110), of)
    const figures = {
      greedyAlone: await greedy('facts', alone(base)),
      greedyShallow: await greedy('facts', against(shallow)),
      greedyCoarse: await greedy('facts', against(model as typeof base)),
      sumsAlone: await greedy('math', alone(base)),
      sumsShallow: await greedy('math', against(shallow)),
      alone: await sampled((prompt) => leaf(base, prompt)),
      cutOnly: await sampled((prompt) => operator(context, 'min-p', { of: leaf(base, prompt) }, { share: 0.1 })),
      shallow: await sampled(against(shallow)),
      coarse: await sampled(against(model as typeof base)),
    }
    return {
      effect: `Facts right, greedily: ${percent(figures.greedyAlone)} alone, ${percent(figures.greedyShallow)} against three layers, ${percent(figures.greedyCoarse)} against 4 bits; sampled: ${percent(figures.alone)} alone, ${percent(figures.cutOnly)} with the cut alone, ${percent(figures.shallow)} against three layers (${4 * facts.length} draws). Sums: ${percent(figures.sumsAlone)} alone, ${percent(figures.sumsShallow)} against three layers.`,
      pass: figures.greedyShallow >= figures.greedyAlone + 0.05 && figures.shallow >= figures.cutOnly,
      figures,
    }
  },
})
