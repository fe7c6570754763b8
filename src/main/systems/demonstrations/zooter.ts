import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { routedShare, routingWorld, trainedChoices } from '../routing'

export default defineDemonstration({
  system: 'zooter',
  title: 'Rewards of past answers, learnt as a router that reads only the question',
  expected:
    'Trained on 60 past questions and their kinds, the router answers at least 85 % of new ones rightly, within 10 points of always asking the best model; no model alone reaches 70.',
  async run(context) {
    const world = await routingWorld(context, ['toy-facts', 'toy-math', 'toy-reader'], {
      sets: ['facts', 'math', 'reading'],
      perSet: 100,
      past: 20,
    })
    const routed = routedShare(world, await trainedChoices(context, world, { method: 'reward' }))
    const ownOnly = routedShare(world, await trainedChoices(context, world, { method: 'reward', beta: 1 }))
    const best = world.fresh.filter((_, row) => world.right.some((answers) => answers[row])).length / world.fresh.length
    return {
      effect: `Right: ${percent(routed)} routed (${percent(ownOnly)} without the kinds), ${percent(best)} by the best model for each; alone ${world.alone.map(percent).join(', ')}.`,
      pass: routed >= 0.85 && routed >= best - 0.1 && Math.max(...world.alone) < 0.7,
      figures: { routed, ownOnly, best, alone: Math.max(...world.alone) },
    }
  },
})
