import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { skill, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'evolutionary-layers',
  title: 'A stack with one layer twice runs, and a silenced layer changes nothing',
  expected:
    'With the repeated layer scaled to 0 the stacked model answers every sum as the original does; the stack of five layers runs in llama.cpp.',
  async run(context) {
    const source = await weightsOf(context, 'toy-math')
    const { weights } = await context.node('stack-layers', { inputs: { models: [source] }, params: { layers: '0: 0-3, 0: 3 * 0' } })
    const silent = await written(context, weights as typeof source, 'demo stack silent')
    const twice = await context.node('stack-layers', { inputs: { models: [source] }, params: { layers: '0: 0-2, 0: 2 * 0.3, 0: 3' } })
    const deeper = await written(context, twice.weights as typeof source, 'demo stack deeper')
    const original = await skill(context, await context.model('toy-math'), 'math')
    const [same, five] = [await skill(context, silent, 'math'), await skill(context, deeper, 'math')]
    return {
      effect: `Sums: original ${percent(original)}, with a silenced fifth layer ${percent(same)}, with layer 2 twice ${percent(five)}.`,
      pass: same === original && five > 0.3,
      figures: { original, same, five },
    }
  },
})
