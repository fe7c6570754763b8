import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { datasetOf, judgedFactsAndMath, skillsText, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'concrete',
  title: 'A mask over parts of the layers, from certainty alone (grouped, an approximation)',
  expected:
    'In 24 candidates the mask lowers the entropy of the merge’s own answers below that of no mask, and the merge keeps 85 % of facts and 70 % of sums.',
  async run(context) {
    const labelled = await datasetOf(context, ['facts', 'math'], { step: 4, most: 12 })
    const data = { ...labelled, rows: labelled.rows.map(({ prompt }) => ({ prompt: prompt ?? '', answer: '' })) }
    const inputs = {
      models: [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')],
      base: await weightsOf(context, 'toy-base'),
      data,
    }
    const asked = { method: 'task-arithmetic', form: 'concrete', objective: 'entropy', mean: 0.6 }
    // the middle of the box, which SPSA asks first, is the mask of ones
    const plain = await context.node('search-coefficients', { inputs, params: { ...asked, search: 'spsa', budget: 1 } })
    const found = await context.node('search-coefficients', { inputs, params: { ...asked, search: 'cma-es', budget: 24 } })
    const lossOf = ({ report }: Record<string, unknown>): number => (report as { best: { loss: number } }).best.loss
    const skills = await judgedFactsAndMath(context, await written(context, found.weights as WeightsExpression, 'demo concrete'))
    return {
      effect: `Entropy ${lossOf(plain).toFixed(4)} nats without a mask, ${lossOf(found).toFixed(4)} with it; ${skillsText(skills)}.`,
      pass: lossOf(found) < lossOf(plain) && skills.facts >= 0.85 && skills.math >= 0.7,
      figures: { plain: lossOf(plain), entropy: lossOf(found), ...skills },
    }
  },
})
