import type { ModelRef } from '../../../shared/value'
import { type DemonstrationContext, defineDemonstration, type EvalItem } from '../demonstration'
import { percent } from '../measure'
import { writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'warm',
  title: 'The average of several judges is steadier than its members',
  expected:
    'As judges of which answer is best (a sum, or its neighbours), three averaged checkpoints are right more often than their members on average.',
  async run(context) {
    const items = await context.evalSet('math')
    const ids = ['toy-base-ckpt1', 'toy-base-ckpt2', 'toy-base-ckpt3']
    const members: number[] = []
    for (const id of ids) members.push(await judged(context, await context.model(id), items))
    const merged = await judged(context, await writtenMerge(context, { models: ids, params: { method: 'average' } }, 'demo warm'), items)
    const mean = members.reduce((sum, share) => sum + share, 0) / members.length
    return {
      effect: `Right on ${members.map(percent).join(', ')} of ${items.length} judgements one by one, on ${percent(merged)} averaged.`,
      pass: items.length > 20 && merged > mean,
      figures: { merged, mean, best: Math.max(...members) },
    }
  },
})

/** The share of pairs in which the model finds the true sum likelier than both its neighbours. */
async function judged(context: DemonstrationContext, ref: ModelRef, items: readonly EvalItem[]): Promise<number> {
  const model = await context.open(ref)
  let right = 0
  for (const { prompt, answer } of items) {
    const continuations = [0, 1, -1].map((off) => ` ${Number(answer) + off}`)
    const [truth, ...beside] = await model.scoreContinuations(
      { prompt: { kind: 'text', text: prompt }, continuations, end: true },
      { signal: context.signal },
    )
    if (beside.every(({ logprob }) => (truth?.logprob ?? 0) > logprob)) right++
  }
  return right / items.length
}
