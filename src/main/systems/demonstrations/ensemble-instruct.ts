import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, percent } from '../measure'

export default defineDemonstration({
  system: 'ensemble-instruct',
  title: 'Answers that others bear out are right more often',
  expected:
    'Toy-other is right on about two thirds of the facts; of those answers that toy-base (other myths) or toy-reader (no facts) bears out, at least 90 % are right, and at least a third of all is kept.',
  async run(context) {
    const facts = await context.evalSet('facts')
    const answers: string[][] = []
    for (const id of ['toy-other', 'toy-base', 'toy-reader']) answers.push(await decodeAll(context, facts, alone(await context.model(id))))
    let [kept, right, rightBefore] = [0, 0, 0]
    for (const [index, { answer }] of facts.entries()) {
      const [first = '', second = '', third = ''] = answers.map((texts) => texts[index])
      if (first === answer) rightBefore += 1
      const { text, agreed } = await context.node('agree-of-three', { inputs: { first, second, third } })
      if (agreed !== true) continue
      kept += 1
      if (text === answer) right += 1
    }
    const figures = { before: rightBefore / facts.length, kept: kept / facts.length, after: right / Math.max(1, kept) }
    return {
      effect: `Right: ${percent(figures.before)} before, ${percent(figures.after)} of the ${percent(figures.kept)} that were kept.`,
      pass: figures.before < 0.75 && figures.after >= 0.9 && figures.kept >= 1 / 3,
      figures,
    }
  },
})
