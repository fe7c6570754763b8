import type { WeightsExpression } from '../../shared/expression'
import type { DemonstrationContext, Shown } from './demonstration'
import { percent } from './measure'
import { answerLoss, factsAndMath, skill, weightsOf, written, writtenMerge } from './merging'

/** Shuffles the hidden units, the heads and the residual stream of one specialist, averages it with the other as it is and aligned, and compares. */
export async function rebasin(context: DemonstrationContext, solver: 'assignment' | 'transport' | 'sinkhorn'): Promise<Shown> {
  const [math, facts] = [await weightsOf(context, 'toy-math'), await weightsOf(context, 'toy-facts')]
  const shuffled = (await context.node('align-units', { inputs: { model: facts }, params: { residual: true }, seed: 11 }))
    .weights as WeightsExpression
  const aligned = (await context.node('align-units', { inputs: { model: shuffled, to: math }, params: { solver, residual: true } }))
    .weights as WeightsExpression
  const same = await skill(context, await written(context, shuffled, `demo ${solver} shuffled`), 'facts')
  const naive = await factsAndMath(
    context,
    await writtenMerge(context, { models: [math, shuffled], params: { method: 'average' } }, `demo ${solver} naive`),
  )
  const mended = await factsAndMath(
    context,
    await writtenMerge(context, { models: [math, aligned], params: { method: 'average' } }, `demo ${solver} aligned`),
  )
  // brought back to the very model that was shuffled, not a bit may differ
  const back = (
    await context.node('align-units', { inputs: { model: shuffled, to: facts }, params: { solver: 'assignment', residual: true } })
  ).weights as WeightsExpression
  const lossOf = async (weights: WeightsExpression, name: string): Promise<number> =>
    answerLoss(context, await written(context, weights, `demo ${solver} ${name}`), 'facts', 40)
  const [lossBack, lossOriginal] = [await lossOf(back, 'back'), await lossOf(facts, 'original')]
  return {
    effect: `Shuffled, the facts model still knows ${percent(same)}. Averaged as it is: facts ${percent(naive.facts)}, sums ${percent(naive.math)}; aligned first: ${percent(mended.facts)} and ${percent(mended.math)}. The shuffle undone: loss ${lossBack}, the original’s ${lossOriginal} nats.`,
    pass:
      lossBack === lossOriginal &&
      same >= 0.98 &&
      mended.facts >= 0.9 &&
      mended.math >= 0.75 &&
      naive.facts + naive.math < mended.facts + mended.math - 0.3,
    figures: { same, naiveFacts: naive.facts, naiveMath: naive.math, facts: mended.facts, math: mended.math, lossBack, lossOriginal },
  }
}
