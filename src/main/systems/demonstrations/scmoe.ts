import type { DistributionExpression, WeightsExpression } from '../../../shared/expression'
import type { Candidate, Dataset } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent } from '../measure'
import { mergedWeights, weightsOf, written } from '../merging'

const ids = ['toy-math', 'toy-facts', 'toy-polite']

export default defineDemonstration({
  system: 'scmoe',
  title: 'A mixture of experts, and itself with fewer of them',
  expected:
    'Made of toy-math, toy-facts and toy-polite with a router from 20 examples of each, the mixture (two experts a token) solves at least 5 points more sums than the plain average of the three and keeps at least 85 % of the facts. One file is asked with one and with two experts, and answers differ in their probabilities. Contrasted with itself under one expert it loses at most 5 points; that it gains, as large mixtures do, is not shown here: experts that were never trained together have no weaker opinion of their own.',
  async run(context) {
    const rows = (await Promise.all(['math', 'facts', 'style'].map((set) => context.evalSet(set, 20)))).flatMap((items, expert) =>
      items.map(({ prompt, answer }) => ({ text: `${prompt} ${answer ?? ''}`.trim(), expert })),
    )
    const examples: Dataset = { name: 'examples', columns: ['text', 'expert'], rows }
    const average = await mergedWeights(context, { models: ids, params: { method: 'linear' } })
    const experts: WeightsExpression[] = []
    for (const id of ids) experts.push(await weightsOf(context, id))
    const { weights } = await context.node('mixture-of-experts', {
      inputs: { shared: average, experts, examples },
      params: { reader: await context.model('toy-base'), used: 2 },
    })
    const mixture = await written(context, weights as WeightsExpression, 'demo mixture of experts')
    const dense = await written(context, average, 'demo average of experts')
    const [facts, math] = [(await context.evalSet('facts')).slice(20), (await context.evalSet('math')).slice(20)]
    const using =
      (count: number) =>
      (prompt: string): DistributionExpression =>
        ({ ...leaf(mixture, prompt), experts: count }) as DistributionExpression
    const contrast = (prompt: string) =>
      operator(context, 'contrast', { expert: leaf(mixture, prompt), amateur: using(1)(prompt) }, { beta: 0.5, plausibility: 0.1 })
    const sureness = async (of: (prompt: string) => DistributionExpression): Promise<number> => {
      let nats = 0
      for (const { prompt } of math.slice(0, 20)) {
        const { candidates } = await context.node('decoder', {
          inputs: { distribution: of(prompt) },
          params: { temperature: 0, maxTokens: 8 },
        })
        nats += (candidates as Candidate[])[0]?.logprob ?? 0
      }
      return nats / 20
    }
    const figures = {
      averageFacts: await accuracy(context, facts, alone(dense)),
      averageMath: await accuracy(context, math, alone(dense)),
      twoFacts: await accuracy(context, facts, alone(mixture)),
      twoMath: await accuracy(context, math, alone(mixture)),
      contrastFacts: await accuracy(context, facts, contrast),
      contrastMath: await accuracy(context, math, contrast),
      natsAsWritten: await sureness(alone(mixture)),
      natsTwo: await sureness(using(2)),
      natsOne: await sureness(using(1)),
    }
    return {
      effect: `Facts and sums right: ${percent(figures.averageFacts)} and ${percent(figures.averageMath)} by the average, ${percent(figures.twoFacts)} and ${percent(figures.twoMath)} by the mixture, ${percent(figures.contrastFacts)} and ${percent(figures.contrastMath)} contrasted with one expert. Mean log-probability of a sum’s answer: ${figures.natsTwo.toFixed(3)} with two experts, ${figures.natsOne.toFixed(3)} with one.`,
      pass:
        figures.twoMath >= figures.averageMath + 0.05 &&
        figures.twoFacts >= 0.85 &&
        figures.contrastFacts >= figures.twoFacts - 0.05 &&
        figures.contrastMath >= figures.twoMath - 0.05 &&
        Math.abs(figures.natsAsWritten - figures.natsTwo) < 1e-6 &&
        Math.abs(figures.natsOne - figures.natsTwo) > 1e-3,
      figures,
    }
  },
})
