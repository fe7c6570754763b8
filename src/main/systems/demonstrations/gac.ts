import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'gac',
  title: 'A leader that asks the ensemble only where it is unsure',
  expected:
    'Toy-math, gated at 0.9 with an average of itself and toy-facts, keeps its sums (at least 98 %) and gains the facts (from about 52 % to at least 90 %).',
  async run(context) {
    const [leader, helper] = [await context.model('toy-math'), await context.model('toy-facts')]
    const [facts, math] = [await context.evalSet('facts'), await context.evalSet('math', 80)]
    const gated = async (prompt: string) => {
      const other = await operator(context, 'linear-mix', { models: [leaf(leader, prompt), leaf(helper, prompt)] })
      return operator(context, 'gate', { leader: leaf(leader, prompt), other }, { signal: 'probability', threshold: 0.9 })
    }
    const figures = {
      leaderOnFacts: await accuracy(context, facts, alone(leader)),
      gatedOnFacts: await accuracy(context, facts, gated),
      gatedOnMath: await accuracy(context, math, gated),
    }
    return {
      effect: `Gated: ${percent(figures.gatedOnMath)} of the sums, and ${percent(figures.gatedOnFacts)} of the facts (leader alone: ${percent(figures.leaderOnFacts)}).`,
      pass: figures.gatedOnMath >= 0.98 && figures.gatedOnFacts >= 0.9 && figures.leaderOnFacts < 0.65,
      figures,
    }
  },
})
