import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'proxy-tuning',
  title: 'What tuning taught a small model is added to a larger one while it decodes',
  expected: 'Toy-base and the untuned small model answer about 54 % of the facts; with the offset of the small tuned model at least 95 %.',
  async run(context) {
    const [base, tuned, untuned] = [
      await context.model('toy-base'),
      await context.model('toy-draft-facts'),
      await context.model('toy-draft'),
    ]
    const facts = await context.evalSet('facts')
    const before = await accuracy(context, facts, alone(base))
    const small = await accuracy(context, facts, alone(untuned))
    const after = await accuracy(context, facts, (prompt) =>
      operator(
        context,
        'offset',
        { base: leaf(base, prompt), tuned: [leaf(tuned, prompt)], untuned: [leaf(untuned, prompt)] },
        { alpha: 1, mask: 'none' },
      ),
    )
    return {
      effect: `Facts right: ${percent(before)} by the base, ${percent(small)} by the small untuned model, ${percent(after)} by the proxy-tuned base.`,
      pass: after >= 0.95 && before < 0.65,
      figures: { base: before, smallUntuned: small, proxyTuned: after },
    }
  },
})
