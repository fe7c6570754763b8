import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { routedShare, routingWorld } from '../routing'

export default defineDemonstration({
  system: 'router-benchmark',
  title: 'Past results choose the model',
  expected:
    'Routed by the records of 60 past questions, new questions of three kinds are answered rightly at least 85 times in 100; no expert alone reaches 70.',
  async run(context) {
    const world = await routingWorld(context, ['toy-facts', 'toy-math', 'toy-reader'], {
      sets: ['facts', 'math', 'reading'],
      perSet: 50,
      past: 20,
    })
    const choices: number[] = []
    for (const { prompt } of world.fresh) {
      const { choice } = await context.node('record-router', { inputs: { prompt, models: world.models, records: world.records } })
      choices.push(choice as number)
    }
    const share = routedShare(world, choices)
    return {
      effect: `Right: ${percent(share)} routed; alone ${world.alone.map(percent).join(', ')}.`,
      pass: share >= 0.85 && Math.max(...world.alone) < 0.7,
      figures: { routed: share, ...Object.fromEntries(world.models.map(({ name }, index) => [name, world.alone[index] ?? 0])) },
    }
  },
})
