import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'token-alignment-mined',
  title: 'Tokens without a partner go to the one that differs least',
  expected:
    'Read in the tokens of toy-base (768), toy-other (512 other ones) keeps its facts within 5 points; averaged with toy-base it lifts it by at least 10 points, and is no worse than toy-other.',
  async run(context) {
    const [base, other] = [await context.model('toy-base'), await context.model('toy-other')]
    const facts = await context.evalSet('facts')
    const aligned = (prompt: string) =>
      operator(context, 'align', { of: leaf(other, prompt), like: leaf(base, prompt) }, { by: 'nearest', k: 10 })
    const figures = {
      base: await accuracy(context, facts, alone(base)),
      other: await accuracy(context, facts, alone(other)),
      otherAligned: await accuracy(context, facts, aligned),
      together: await accuracy(context, facts, async (prompt) =>
        operator(context, 'linear-mix', { models: [leaf(base, prompt), await aligned(prompt)] }),
      ),
    }
    const { otherAligned, together } = figures
    return {
      effect: `Facts right: toy-base ${percent(figures.base)}, toy-other ${percent(figures.other)}, aligned ${percent(otherAligned)}, together ${percent(together)}.`,
      pass: Math.abs(otherAligned - figures.other) <= 0.05 && together >= figures.base + 0.1 && together >= figures.other,
      figures,
    }
  },
})
