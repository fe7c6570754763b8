import { defineDemonstration } from '../demonstration'
import { judgedFacts } from '../judged'
import { accuracy, alone, leaf, operator, percent } from '../measure'
import { statementOf } from '../worlds'

export default defineDemonstration({
  system: 'future-constrained',
  title: 'Each likely token is weighed by whether a constraint would then be met',
  expected:
    'The constraint is that toy-reader, shown the true sentence, says yes to the claim: toy-base is right on at least 10 points more capitals and continents; at strength 0 on none more.',
  async run(context) {
    const [base, reader] = [await context.model('toy-base'), await context.model('toy-reader')]
    const facts = await judgedFacts(context)
    const steered = (strength: number) =>
      accuracy(context, facts, (prompt, item) => {
        const sentence = statementOf(item)
        const judge = leaf(reader, `premise: ${sentence} claim: ${sentence.replace(/ [^ ]+$/, '')}`)
        return operator(
          context,
          'foresee',
          { of: leaf(base, prompt), judge },
          { goal: '. label: yes', strength, gate: 0.02, candidates: 8, measure: 'sum' },
        )
      })
    const figures = { alone: await accuracy(context, facts, alone(base)), zero: await steered(0), steered: await steered(2) }
    return {
      effect: `Right: ${percent(figures.alone)} alone, ${percent(figures.zero)} at strength 0, ${percent(figures.steered)} at strength 2 (${facts.length} facts).`,
      pass: figures.zero === figures.alone && figures.steered >= figures.alone + 0.1,
      figures,
    }
  },
})
