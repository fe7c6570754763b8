import type { WeightsExpression } from '../../shared/expression'
import type { DemonstrationContext, Shown } from './demonstration'
import { percent } from './measure'
import { factsAndMath, skill, weightsOf, written, writtenMerge } from './merging'

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
  return {
    effect: `Shuffled, the facts model still knows ${percent(same)}. Averaged as it is: facts ${percent(naive.facts)}, sums ${percent(naive.math)}; aligned first: ${percent(mended.facts)} and ${percent(mended.math)}.`,
    pass: same >= 0.98 && mended.facts >= 0.9 && mended.math >= 0.75 && naive.facts + naive.math < mended.facts + mended.math - 0.3,
    figures: { same, naiveFacts: naive.facts, naiveMath: naive.math, facts: mended.facts, math: mended.math },
  }
}
