import { defineDemonstration } from '../demonstration'
import { answerLoss, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'model-stock',
  title: 'Nearly orthogonal task vectors are followed a little way only',
  expected:
    'The loss on the answers falls on facts and on sums, against the base, and the step is short: it falls less than with the average.',
  async run(context) {
    const models = ['toy-math', 'toy-facts']
    const lossOf = async (model: Awaited<ReturnType<typeof context.model>>) => ({
      facts: await answerLoss(context, model, 'facts', 60),
      math: await answerLoss(context, model, 'math', 60),
    })
    const base = await lossOf(await context.model('toy-base'))
    const stock = await lossOf(
      await writtenMerge(context, { models, base: 'toy-base', params: { method: 'model-stock' } }, 'demo model-stock'),
    )
    const average = await lossOf(await writtenMerge(context, { models, params: { method: 'average' } }, 'demo model-stock average'))
    return {
      effect: `Loss on facts ${base.facts.toFixed(3)} → ${stock.facts.toFixed(3)} (average ${average.facts.toFixed(3)}), on sums ${base.math.toFixed(3)} → ${stock.math.toFixed(3)} (average ${average.math.toFixed(3)}).`,
      pass: stock.facts < base.facts && stock.math < base.math && stock.facts + stock.math > average.facts + average.math,
      figures: {
        baseFacts: base.facts,
        baseMath: base.math,
        facts: stock.facts,
        math: stock.math,
        averageFacts: average.facts,
        averageMath: average.math,
      },
    }
  },
})
