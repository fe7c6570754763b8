import type { DistributionExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'eva',
  title: 'Another vocabulary, read by what its tokens mean',
  expected:
    'Toy-other, read in the tokens of toy-base by embeddings and averaged with it, lifts toy-base by at least 10 points on facts and is no worse than toy-other; where a model alone may decide (those that agree), by at least 10 points too. Nearly all of toy-other’s tokens have a partner of the same text, so the toys cannot show more than that; what the map finds without equal text is tested on real models.',
  async run(context) {
    const [base, other] = [await context.model('toy-base'), await context.model('toy-other')]
    const facts = await context.evalSet('facts')
    const together =
      (mix: string, params: Readonly<Record<string, unknown>>) =>
      async (prompt: string): Promise<DistributionExpression> => {
        const read = await operator(context, 'eva', { of: leaf(other, prompt), like: leaf(base, prompt) }, params)
        return operator(context, mix, { models: [leaf(base, prompt), read] })
      }
    const figures = {
      base: await accuracy(context, facts, alone(base)),
      other: await accuracy(context, facts, alone(other)),
      averaged: await accuracy(context, facts, together('linear-mix', {})),
      agreeing: await accuracy(context, facts, together('agreeing-mix', {})),
      spread: await accuracy(context, facts, together('linear-mix', { ownFirst: false })),
    }
    return {
      effect: `Facts right: ${percent(figures.base)} and ${percent(figures.other)} alone, ${percent(figures.averaged)} averaged, ${percent(figures.agreeing)} averaged where they agree; with every token spread over its neighbours, as published, ${percent(figures.spread)}.`,
      pass: figures.averaged >= figures.base + 0.1 && figures.averaged >= figures.other && figures.agreeing >= figures.base + 0.1,
      figures,
    }
  },
})
