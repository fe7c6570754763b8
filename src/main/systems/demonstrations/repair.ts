import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { answerLoss, datasetOf, judgedFactsAndMath, mergedWeights, skillsText, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'repair',
  title: 'Units of a poor average get back the spread that they had',
  expected:
    'Averaged with its hidden units shuffled, the facts model loses spread with its skill; mended, the loss on facts falls to half and facts known rise by 15 points. (Where units are aligned nothing is lost, and mending changes next to nothing.)',
  async run(context) {
    const [math, facts] = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
    const data = await datasetOf(context, ['facts', 'math'], { step: 4 })
    // heads stay in their places: mending gives spread back, and what heads out of order lose is something else
    const shuffled = (await context.node('align-units', { inputs: { model: facts }, params: { heads: false }, seed: 11 }))
      .weights as WeightsExpression
    const merged = await mergedWeights(context, { models: [math, shuffled], params: { method: 'average' } })
    const outputs = await context.node('repair-units', { inputs: { merged, first: math, second: shuffled, data } })
    const [poor, mended] = [
      await written(context, merged, 'demo repair before'),
      await written(context, outputs.weights as WeightsExpression, 'demo repair'),
    ]
    const [before, after] = [await judgedFactsAndMath(context, poor), await judgedFactsAndMath(context, mended)]
    const [lossBefore, lossAfter] = [await answerLoss(context, poor, 'facts', 60), await answerLoss(context, mended, 'facts', 60)]
    return {
      effect: `Before: ${skillsText(before)}, loss on facts ${lossBefore.toFixed(2)} nats; after: ${skillsText(after)}, ${lossAfter.toFixed(2)}.`,
      pass: lossAfter <= 0.5 * lossBefore && after.facts >= before.facts + 0.15 && after.math >= before.math,
      figures: { lossBefore, lossAfter, factsBefore: before.facts, facts: after.facts, mathBefore: before.math, math: after.math },
    }
  },
})
