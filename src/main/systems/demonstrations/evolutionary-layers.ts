import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { datasetOf, judgedFactsAndMath, skill, skillsText, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'evolutionary-layers',
  title: 'A search over the order of layers of two specialists, and a silenced layer that changes nothing',
  expected:
    'With a repeated layer scaled to 0 the stacked model answers every sum as the original does. In 200 candidates the search finds layers of the sums model and the facts model whose loss on both tasks is below that of the sums model alone, and which answer no fewer of the rows that the search did not see. The gain is small: four layers leave little to reorder.',
  async run(context) {
    const [math, facts] = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
    const { weights } = await context.node('stack-layers', { inputs: { models: [math] }, params: { layers: '0: 0-3, 0: 3 * 0' } })
    const silent = await written(context, weights as WeightsExpression, 'demo stack silent')
    const [original, same] = [await skill(context, await context.model('toy-math'), 'math'), await skill(context, silent, 'math')]
    const data = await datasetOf(context, ['facts', 'math'], { step: 4, most: 12 })
    const found = await context.node('search-layers', {
      inputs: { models: [math, facts], data },
      params: { budget: 200 },
      seed: 3,
    })
    const { best, candidates } = found.report as { best: { loss: number }; candidates: { loss: number | null }[] }
    const alone = candidates[0]?.loss ?? Number.NaN
    const before = await judgedFactsAndMath(context, await context.model('toy-math'))
    const after = await judgedFactsAndMath(context, await written(context, found.weights as WeightsExpression, 'demo layers'))
    const gain = (after.facts + after.math - before.facts - before.math) / 2
    return {
      effect: `Sums ${percent(original)}, with a silenced fifth layer ${percent(same)}. Layers ${found.layers as string}: loss ${alone.toFixed(3)} before, ${best.loss.toFixed(3)} after; ${skillsText(before)} before, ${skillsText(after)} after.`,
      pass: same === original && best.loss < alone && gain >= 0,
      figures: { original, same, alone, loss: best.loss, ...after, gain },
    }
  },
})
