import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'cd-translation',
  title: 'Differences of probabilities, as used against hallucinated translations',
  expected: 'max(0, p_base − p_liar) answers at least 90 % of the facts, where toy-base alone answers about 54 %.',
  async run(context) {
    const [base, liar] = [await context.model('toy-base'), await context.model('toy-liar')]
    const facts = await context.evalSet('facts')
    const before = await accuracy(context, facts, alone(base))
    const after = await accuracy(context, facts, (prompt) =>
      operator(
        context,
        'contrast',
        { expert: leaf(base, prompt), amateur: leaf(liar, prompt) },
        { form: 'prob', beta: 1, plausibility: 0.01 },
      ),
    )
    return {
      effect: `Facts right: ${percent(before)} alone, ${percent(after)} with the difference of probabilities.`,
      pass: after >= 0.9 && after > before + 0.25,
      figures: { expertAlone: before, contrast: after },
    }
  },
})
