import type { DistributionExpression } from '../../../shared/expression'
import type { TraceReport } from '../../../shared/trace/trace'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'

export default defineDemonstration({
  system: 'gac',
  title: 'On the union of all tokens, and a leader that asks the ensemble only where it is unsure',
  expected:
    'On the union of their tokens toy-base and toy-other answer at least 10 points more facts than toy-base and no fewer than toy-other. Toy-math, gated at 0.9 with an average of itself and toy-facts, keeps its sums (at least 98 %) and gains the facts (from about 52 % to at least 90 %), and asks toy-facts about fewer than half of all tokens.',
  async run(context) {
    const model = async (id: string) => context.model(id)
    const [base, other, leader, helper] = [
      await model('toy-base'),
      await model('toy-other'),
      await model('toy-math'),
      await model('toy-facts'),
    ]
    const [facts, math] = [await context.evalSet('facts'), await context.evalSet('math', 80)]
    const united = (prompt: string) => operator(context, 'union-mix', { models: [leaf(base, prompt), leaf(other, prompt)] })
    const gated = async (prompt: string): Promise<DistributionExpression> => {
      const both = await operator(context, 'linear-mix', { models: [leaf(leader, prompt), leaf(helper, prompt)] })
      return operator(context, 'gate', { leader: leaf(leader, prompt), other: both }, { signal: 'probability', threshold: 0.9 })
    }
    let [tokens, asked] = [0, 0]
    for (const { prompt } of [...facts, ...math]) {
      const decoded = await context.node('decoder', { inputs: { distribution: await gated(prompt) }, params: { maxTokens: 24, trace: 1 } })
      const report = decoded.trace as TraceReport
      tokens += report.tokens
      asked += report.decided.find(({ name }) => name === helper.name)?.asked ?? report.tokens
    }
    const figures = {
      base: await accuracy(context, facts, alone(base)),
      other: await accuracy(context, facts, alone(other)),
      united: await accuracy(context, facts, united),
      leaderOnFacts: await accuracy(context, facts, alone(leader)),
      gatedOnFacts: await accuracy(context, facts, gated),
      gatedOnMath: await accuracy(context, math, gated),
      asked: asked / tokens,
    }
    return {
      effect: `Facts: ${percent(figures.united)} on the union, ${percent(figures.base)} and ${percent(figures.other)} alone. Gated: ${percent(figures.gatedOnMath)} of the sums, and ${percent(figures.gatedOnFacts)} of the facts (leader alone: ${percent(figures.leaderOnFacts)}); the other model was asked about ${percent(figures.asked)} of the tokens.`,
      pass:
        figures.united >= figures.base + 0.1 &&
        figures.united >= figures.other &&
        figures.gatedOnMath >= 0.98 &&
        figures.gatedOnFacts >= 0.9 &&
        figures.leaderOnFacts < 0.65 &&
        figures.asked < 0.5,
      figures,
    }
  },
})
