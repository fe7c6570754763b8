import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'comblm',
  title: 'Black boxes combined by their probabilities, the surer one counting more',
  expected:
    'Weighted by entropy, toy-math and toy-facts answer at least 95 % of both sums and facts, more than either alone on the two sets together.',
  async run(context) {
    const [mathModel, factsModel] = [await context.model('toy-math'), await context.model('toy-facts')]
    const both = [...(await context.evalSet('facts')), ...(await context.evalSet('math', 109))]
    const combined = await accuracy(context, both, (prompt) =>
      operator(context, 'entropy-mix', { first: leaf(mathModel, prompt), second: leaf(factsModel, prompt) }),
    )
    const figures = {
      math: await accuracy(context, both, alone(mathModel)),
      facts: await accuracy(context, both, alone(factsModel)),
      combined,
    }
    return {
      effect: `Sums and facts together: ${percent(figures.math)} and ${percent(figures.facts)} by one model, ${percent(combined)} combined.`,
      pass: combined >= 0.95 && combined > Math.max(figures.math, figures.facts) + 0.1,
      figures,
    }
  },
})
