import type { WeightsExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { answerLoss, judgedSkill, mergedWeights, weightsOf, written } from '../merging'

export default defineDemonstration({
  system: 'surgery',
  title: 'The bias of a merge of three, taken out for the facts (linear part)',
  expected:
    'From prompts alone the operation brings the last states of the merge nearer to the facts model’s by a third, and the merge knows no fewer facts than before. The published module, at work between last norm and head, predicts the answers better than the merge alone.',
  async run(context) {
    const merged = await mergedWeights(context, { models: ['toy-math', 'toy-facts', 'toy-reader'], params: { method: 'average' } })
    const expert = await weightsOf(context, 'toy-facts')
    const answered = await context.evalSet('facts')
    const rows = answered.map(({ prompt }) => ({ prompt, answer: '' }))
    const data = { name: 'prompts', columns: ['prompt', 'answer'], rows }
    const { weights, report } = await context.node('operate-representations', {
      inputs: { merged, expert, data, test: { ...data, rows: answered.map(({ prompt, answer }) => ({ prompt, answer })) } },
      params: { ridge: 0.3, rows: 200, tokens: 4000, bend: 1000 },
    })
    const [before, after] = [
      await written(context, merged, 'demo surgery before'),
      await written(context, weights as WeightsExpression, 'demo surgery'),
    ]
    const distance = report as { before: number; after: number; bent: number; losses: { merged: number; corrected: number; bent: number } }
    const { losses } = distance
    const [was, is] = [await judgedSkill(context, before, 'facts'), await judgedSkill(context, after, 'facts')]
    const [lossWas, lossIs] = [await answerLoss(context, before, 'facts'), await answerLoss(context, after, 'facts')]
    return {
      effect: `Distance ${distance.before.toFixed(3)} before, ${distance.after.toFixed(3)} after (the published module, fitted to the same states: ${distance.bent.toFixed(3)}; at work while the merge reads the answers, loss ${losses.merged.toFixed(3)} → ${losses.bent.toFixed(3)} nats, linear part ${losses.corrected.toFixed(3)}); facts ${percent(was)} before, ${percent(is)} after; loss ${lossWas.toFixed(3)} and ${lossIs.toFixed(3)} nats.`,
      pass: distance.after <= 0.67 * distance.before && distance.bent < distance.before && losses.bent < losses.merged && is >= was,
      figures: {
        distanceBefore: distance.before,
        distanceAfter: distance.after,
        distanceBent: distance.bent,
        lossBent: losses.bent,
        before: was,
        after: is,
        lossWas,
        lossIs,
      },
    }
  },
})
