import { defineDemonstration } from '../demonstration'
import { answerLoss, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'swa-ema',
  title: 'Three checkpoints of one run, averaged, beat each of them',
  expected:
    'The loss on the answers to facts and sums is lower for the average, and for the moving average, than for the best of the three checkpoints.',
  async run(context) {
    const checkpoints = ['toy-base-ckpt1', 'toy-base-ckpt2', 'toy-base-ckpt3']
    const lossOf = async (model: Awaited<ReturnType<typeof context.model>>): Promise<number> =>
      (await answerLoss(context, model, 'facts', 60)) + (await answerLoss(context, model, 'math', 60))
    const single: number[] = []
    for (const id of checkpoints) single.push(await lossOf(await context.model(id)))
    const averaged = await lossOf(await writtenMerge(context, { models: checkpoints, params: { method: 'average' } }, 'demo swa'))
    const moving = await lossOf(await writtenMerge(context, { models: checkpoints, params: { method: 'ema', decay: 0.5 } }, 'demo ema'))
    const best = Math.min(...single)
    return {
      effect: `Loss of the checkpoints ${single.map((loss) => loss.toFixed(3)).join(', ')}; averaged ${averaged.toFixed(3)}, moving average ${moving.toFixed(3)} nats.`,
      pass: averaged < best && moving < best,
      figures: { best, averaged, moving },
    }
  },
})
