import { runCascade } from '../cascades'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'

export default defineDemonstration({
  system: 'mot-cascade',
  title: 'The cheap model answers where its own samples agree',
  expected:
    'When all five samples of toy-draft must agree, it keeps at least 20 % of facts and sums, and the cascade is right on at least 90 %.',
  async run(context) {
    const figures = await runCascade(context, { sureness: 'agreement', samples: 5, temperature: 0.8, threshold: 1 }, 60)
    return {
      effect: `Right: ${percent(figures.cascade)}; ${percent(figures.keptBySmall)} answered by the small model, alone right on ${percent(figures.smallAlone)}.`,
      pass: figures.keptBySmall >= 0.2 && figures.cascade >= 0.9 && figures.cascade > figures.smallAlone + 0.2,
      figures,
    }
  },
})
