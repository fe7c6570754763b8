import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'cd-reasoning',
  title: 'Weighted logits with a strength β, which may be turned from nothing to much',
  expected: 'β = 0 is the expert alone, to the item; 0.3, 0.5 and 1 all mend the facts of toy-base to at least 95 %.',
  async run(context) {
    const [base, liar] = [await context.model('toy-base'), await context.model('toy-liar')]
    const facts = await context.evalSet('facts')
    const expert = await accuracy(context, facts, alone(base))
    const figures: Record<string, number> = { expertAlone: expert }
    for (const beta of [0, 0.3, 0.5, 1])
      figures[`beta ${beta}`] = await accuracy(context, facts, (prompt) =>
        operator(
          context,
          'contrast',
          { expert: leaf(base, prompt), amateur: leaf(liar, prompt) },
          { form: 'beta', beta, plausibility: 0.1 },
        ),
      )
    const mended = [0.3, 0.5, 1].map((beta) => figures[`beta ${beta}`] ?? 0)
    return {
      effect: `Facts right: expert ${percent(expert)}, β = 0 ${percent(figures['beta 0'] ?? 0)}, then ${mended.map(percent).join(', ')}.`,
      pass: figures['beta 0'] === expert && mended.every((share) => share >= 0.95),
      figures,
    }
  },
})
