import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'contrastive-decoding',
  title: 'An expert less an amateur, among what the expert finds plausible',
  expected: 'Toy-base answers about 54 % of the facts; less toy-liar (score difference, plausibility 0.1) at least 95 %.',
  async run(context) {
    const [base, liar] = [await context.model('toy-base'), await context.model('toy-liar')]
    const facts = await context.evalSet('facts')
    const before = await accuracy(context, facts, alone(base))
    const after = await accuracy(context, facts, (prompt) =>
      operator(context, 'contrast', { expert: leaf(base, prompt), amateur: leaf(liar, prompt) }, { form: 'li', plausibility: 0.1 }),
    )
    return {
      effect: `Facts right: ${percent(before)} by the expert alone, ${percent(after)} with the contrast.`,
      pass: before < 0.65 && after >= 0.95,
      figures: { expertAlone: before, contrast: after },
    }
  },
})
