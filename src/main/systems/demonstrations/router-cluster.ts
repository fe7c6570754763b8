import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { routedShare, routingWorld, trainedChoices } from '../routing'

export default defineDemonstration({
  system: 'router-cluster',
  title: 'Questions grouped by their words; each group has its model',
  expected:
    'With the usual 50 clusters of 90 past questions, new ones of three kinds are answered rightly at least 80 times in 100; in one single cluster it is the best model on average, under 70.',
  async run(context) {
    const world = await routingWorld(context, ['toy-facts', 'toy-math', 'toy-reader'], {
      sets: ['facts', 'math', 'reading'],
      perSet: 100,
      past: 30,
    })
    const right = async (clusters: number): Promise<number> =>
      routedShare(world, await trainedChoices(context, world, { method: 'clusters', clusters }))
    const figures = { one: await right(1), three: await right(3), eight: await right(8), fifty: await right(50) }
    return {
      effect: `Right: ${percent(figures.one)} with one cluster, ${percent(figures.three)} with 3, ${percent(figures.eight)} with 8, ${percent(figures.fifty)} with 50.`,
      pass: figures.fifty >= 0.8 && figures.one < 0.7,
      figures,
    }
  },
})
