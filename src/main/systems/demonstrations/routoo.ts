import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { routedShare, routingWorld, trainedChoices } from '../routing'

/** of toy-draft and of the specialists, in parameters: 0.18 and 0.89 million */
const costs = { 'toy-draft': 1, 'toy-facts': 5, 'toy-math': 5 }

export default defineDemonstration({
  system: 'routoo',
  title: 'Expected scores of all models, spent within a budget',
  expected:
    'Predicted scores place a budget of 60 % of the dear models’ price so that at least 10 points more facts and sums are right than if as much were spent by chance.',
  async run(context) {
    const world = await routingWorld(context, ['toy-draft', 'toy-facts', 'toy-math'], { sets: ['facts', 'math'], perSet: 109, past: 50 })
    const n = world.fresh.length
    const dear = routedShare(world, await trainedChoices(context, world, { method: 'score' }))
    const budget = 0.6 * 5 * n
    const choices = await trainedChoices(context, world, { method: 'score' }, { costs, budget })
    const spent = choices.reduce((sum, choice) => sum + (choice === 0 ? 1 : 5), 0)
    const routed = routedShare(world, choices)
    const upgraded = (spent - n) / 4 / n
    const [cheap = 0, facts = 0, math = 0] = world.alone
    const byChance = (1 - upgraded) * cheap + (upgraded * (facts + math)) / 2
    return {
      effect: `Right: ${percent(routed)} for ${Math.round(spent)} of ${Math.round(budget)} units, ${percent(byChance)} if spent by chance; ${percent(cheap)} by the cheap model alone, ${percent(dear)} without a budget.`,
      pass: routed >= byChance + 0.1 && spent <= budget,
      figures: { routed, byChance, cheap, unlimited: dear, spent, budget },
    }
  },
})
