import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'packllm',
  title: 'Whoever finds the prompt least surprising has most to say',
  expected:
    'Weighed by prompt perplexity (τ = 0.1), toy-math, toy-facts and toy-reader are right on at least 85 % of sums, facts and readings together; each alone on under 75 %, and with equal weights at least 5 points fewer.',
  async run(context) {
    const models = [await context.model('toy-math'), await context.model('toy-facts'), await context.model('toy-reader')]
    const readable = (await context.evalSet('reading')).filter(({ context: sentences = [] }) => sentences.length <= 2)
    const items = [...(await context.evalSet('facts', 50)), ...(await context.evalSet('math', 50)), ...readable.slice(0, 50)]
    const each: number[] = []
    for (const model of models) each.push(await accuracy(context, items, alone(model)))
    const packed = await accuracy(context, items, (prompt) =>
      operator(context, 'perplexity-mix', { models: models.map((model) => leaf(model, prompt)) }, { mode: 'similarity', temperature: 0.1 }),
    )
    const equal = await accuracy(context, items, (prompt) =>
      operator(context, 'log-linear-mix', { models: models.map((model) => leaf(model, prompt)) }),
    )
    return {
      effect: `Right: ${each.map(percent).join(', ')} alone, ${percent(equal)} with equal weights, ${percent(packed)} packed (${items.length} questions).`,
      pass: packed >= 0.85 && Math.max(...each) < 0.75 && packed >= equal + 0.05,
      figures: { math: each[0] ?? 0, facts: each[1] ?? 0, reader: each[2] ?? 0, equal, packed },
    }
  },
})
