import { defineDemonstration } from '../demonstration'
import { judged, judgedFacts } from '../judged'
import { accuracy, alone, percent } from '../measure'

export default defineDemonstration({
  system: 'fudge',
  title: 'Bayes’ rule: each likely token is weighed by whether the text would still be right',
  expected:
    'With toy-reader as judge, which is shown the true sentence, toy-base is right on at least 20 points more capitals and continents.',
  async run(context) {
    const facts = await judgedFacts(context)
    const before = await accuracy(context, facts, alone(await context.model('toy-base')))
    const after = await accuracy(context, facts, (prompt, item) => judged(context, prompt, item, { link: 'probability', strength: 2 }))
    return {
      effect: `Right: ${percent(before)} alone, ${percent(after)} with the judge (${facts.length} facts).`,
      pass: after >= before + 0.2,
      figures: { before, after },
    }
  },
})
