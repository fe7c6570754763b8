import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'
import { datasetOf } from '../merging'

export default defineDemonstration({
  system: 'comblm',
  title: 'Black boxes combined by their probabilities, with shares learnt from a development text',
  expected:
    'Fitted on sums and facts, the mix by confidence has a lower perplexity on other rows than toy-math, toy-facts, their halves and the fixed share; decoded, it is right on at least 95 % of both, more than either alone.',
  async run(context) {
    const [first, second] = [await context.model('toy-math'), await context.model('toy-facts')]
    const data = await datasetOf(context, ['facts', 'math'], { step: 2, most: 40 })
    const fit = await context.node('fit-mix', { inputs: { data }, params: { first, second, rows: 80 } })
    const { perplexity } = fit.report as { perplexity: Readonly<Record<string, number>> }
    const { confidence = 0, ...others } = perplexity
    const both = [...(await context.evalSet('facts')), ...(await context.evalSet('math', 109))].filter((_, i) => i % 2 === 1)
    const { a, b, c } = fit
    const combined = await accuracy(context, both, (prompt) =>
      operator(context, 'entropy-mix', { first: leaf(first, prompt), second: leaf(second, prompt) }, { rule: 'fitted', a, b, c }),
    )
    const math = await accuracy(context, both, alone(first))
    const facts = await accuracy(context, both, alone(second))
    const told = Object.entries(perplexity).map(([name, value]) => `${name} ${value.toFixed(2)}`)
    return {
      effect: `Perplexity on rows kept out: ${told.join(', ')}. Right: ${percent(math)} and ${percent(facts)} by one model, ${percent(combined)} combined.`,
      pass: confidence < Math.min(...Object.values(others)) && combined >= 0.95 && combined > Math.max(math, facts) + 0.1,
      figures: { math, facts, combined, ...perplexity },
    }
  },
})
