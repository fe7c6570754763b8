import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { datasetOf, factsAndMath, skillsText, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'adamerging',
  title: 'Task coefficients from certainty alone, without any answer',
  expected:
    'Minimising the entropy of its own answers on unlabelled prompts finds coefficients that reach 85 % of facts and 85 % of sums. AdaMerging++, on the elected half of each task vector, reaches 75 % of both.',
  async run(context) {
    const labelled = await datasetOf(context, ['facts', 'math'], { step: 4, most: 20 })
    const data = { ...labelled, rows: labelled.rows.map(({ prompt }) => ({ prompt: prompt ?? '', answer: '' })) }
    const inputs = {
      models: [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')],
      base: await weightsOf(context, 'toy-base'),
      data,
    }
    const found = async (method: string, more: Readonly<Record<string, unknown>>) => {
      const params = { method, search: 'cma-es', budget: 24, objective: 'entropy', ...more }
      const { weights, report, coefficients } = await context.node('search-coefficients', { inputs, params })
      const { best } = report as { best: { loss: number } }
      const skills = await factsAndMath(context, await written(context, weights as WeightsExpression, `demo ${method}`))
      return { entropy: best.loss, skills, coefficients: coefficients as string }
    }
    const plain = await found('task-arithmetic', { form: 'free' })
    const elected = await found('adamerging-plus-plus', { form: 'free', high: 1.5, densities: '0.5' })
    return {
      effect: `Coefficients ${plain.coefficients} at an entropy of ${plain.entropy.toFixed(4)} nats: ${skillsText(plain.skills)}; ++ ${elected.coefficients} at ${elected.entropy.toFixed(4)}: ${skillsText(elected.skills)}.`,
      pass: Math.min(plain.skills.facts, plain.skills.math) >= 0.85 && Math.min(elected.skills.facts, elected.skills.math) >= 0.75,
      figures: {
        entropy: plain.entropy,
        ...plain.skills,
        electedEntropy: elected.entropy,
        electedFacts: elected.skills.facts,
        electedMath: elected.skills.math,
      },
    }
  },
})
