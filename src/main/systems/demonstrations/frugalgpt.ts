import { runCascade } from '../cascades'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'

export default defineDemonstration({
  system: 'frugalgpt',
  title: 'The cheap model answers what it is sure of',
  expected:
    'Toy-draft keeps at least 25 % of facts and sums for itself, and the cascade is right on at least 90 % (toy-draft alone: under 60 %).',
  async run(context) {
    const figures = await runCascade(context, { sureness: 'answer', threshold: 0.7 }, 100)
    return {
      effect: `Right: ${percent(figures.cascade)}; ${percent(figures.keptBySmall)} answered by the small model, alone right on ${percent(figures.smallAlone)} (experts: ${percent(figures.expertsAlone)}).`,
      pass: figures.keptBySmall >= 0.25 && figures.cascade >= 0.9 && figures.smallAlone < 0.6,
      figures,
    }
  },
})
