import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'
import { routedShare, routingWorld, trainedChoices } from '../routing'

const thresholds = [0.3, 0.5, 0.7]

export default defineDemonstration({
  system: 'hybrid-llm',
  title: 'The small model takes the questions on which it will do as well',
  expected:
    'On 150 sums, each half routed by what the other half taught, toy-base keeps at least 20 % at every threshold, and on average over three thresholds at least 3 points more sums are right than if as many were sent to toy-math by chance.',
  async run(context) {
    const figures: Record<string, number> = {}
    let gain = 0
    for (const pastIsLast of [false, true]) {
      const world = await routingWorld(context, ['toy-base', 'toy-math'], { sets: ['math'], perSet: 150, past: 75, pastIsLast })
      const [small = 0, large = 0] = world.alone
      for (const threshold of thresholds) {
        const choices = await trainedChoices(context, world, { method: 'difficulty', models: 'toy-base, toy-math' }, { threshold })
        const kept = shareOf(choices, (choice) => choice === 0)
        const routed = routedShare(world, choices)
        figures[`kept ${threshold}`] = (figures[`kept ${threshold}`] ?? 0) + kept / 2
        figures[`right ${threshold}`] = (figures[`right ${threshold}`] ?? 0) + routed / 2
        gain += (routed - kept * small - (1 - kept) * large) / 2 / thresholds.length
      }
      figures.small = (figures.small ?? 0) + small / 2
      figures.large = (figures.large ?? 0) + large / 2
    }
    const at = (name: string, threshold: number): number => figures[`${name} ${threshold}`] ?? 0
    const curve = thresholds.map((t) => `${percent(at('right', t))} with ${percent(at('kept', t))} kept`).join(', ')
    return {
      effect: `Sums right: ${curve}; alone ${percent(figures.small ?? 0)} and ${percent(figures.large ?? 0)}; ${percent(gain)} more than by chance.`,
      pass: gain >= 0.03 && thresholds.every((t) => at('kept', t) >= 0.2),
      figures: { ...figures, gain },
    }
  },
})
