import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'on-the-fly-fusion',
  title: 'Two specialists speak with one voice, token by token',
  expected: 'The product of toy-math and toy-facts answers at least 95 % of both sums and facts; each alone fails on the other’s.',
  async run(context) {
    const [mathModel, factsModel] = [await context.model('toy-math'), await context.model('toy-facts')]
    const [facts, math] = [await context.evalSet('facts'), await context.evalSet('math', 80)]
    const fused = (prompt: string) => operator(context, 'log-linear-mix', { models: [leaf(mathModel, prompt), leaf(factsModel, prompt)] })
    const figures = {
      mathOnFacts: await accuracy(context, facts, alone(mathModel)),
      factsOnMath: await accuracy(context, math, alone(factsModel)),
      fusedOnFacts: await accuracy(context, facts, fused),
      fusedOnMath: await accuracy(context, math, fused),
    }
    return {
      effect: `Fused: ${percent(figures.fusedOnFacts)} of the facts and ${percent(figures.fusedOnMath)} of the sums; alone on the other’s ground ${percent(figures.mathOnFacts)} and ${percent(figures.factsOnMath)}.`,
      pass: Math.min(figures.fusedOnFacts, figures.fusedOnMath) >= 0.95 && Math.max(figures.mathOnFacts, figures.factsOnMath) < 0.7,
      figures,
    }
  },
})
