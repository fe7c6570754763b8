import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'deepen',
  title: 'Models of two vocabularies meet where they share tokens',
  expected:
    'Averaged by shared tokens and searched back, toy-base with toy-other is right on at least 10 points more facts than toy-base alone; a rate of 0 is toy-base, to the item.',
  async run(context) {
    const [base, other] = [await context.model('toy-base'), await context.model('toy-other')]
    const facts = await context.evalSet('facts')
    const fused = (rate: number) => (prompt: string) =>
      operator(context, 'deepen', { main: leaf(base, prompt), others: [leaf(other, prompt)] }, { rate })
    const figures: Record<string, number> = {
      base: await accuracy(context, facts, alone(base)),
      other: await accuracy(context, facts, alone(other)),
    }
    for (const rate of [0, 0.15, 0.3, 0.6]) figures[`rate ${rate}`] = await accuracy(context, facts, fused(rate))
    const at = (rate: number): number => figures[`rate ${rate}`] ?? 0
    return {
      effect: `Facts right: ${percent(figures.base ?? 0)} and ${percent(figures.other ?? 0)} alone; at rates 0, 0.15, 0.3, 0.6: ${[0, 0.15, 0.3, 0.6].map((rate) => percent(at(rate))).join(', ')}.`,
      pass: at(0) === figures.base && at(0.15) >= at(0) + 0.1,
      figures,
    }
  },
})
