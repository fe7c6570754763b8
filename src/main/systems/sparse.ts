import type { DemonstrationContext, Shown } from './demonstration'
import { answerLoss, factsAndMath, type Skills, skillsText, writtenMerge } from './merging'

/** A merge of the two specialists that drops changes, beside the plain average and beside itself with nothing dropped. */
export async function sparseMerge(
  context: DemonstrationContext,
  params: Readonly<Record<string, unknown>> & { readonly method: string },
  bar: Skills,
): Promise<Shown> {
  const models = ['toy-math', 'toy-facts']
  const merged = (asked: Readonly<Record<string, unknown>>, name: string) =>
    writtenMerge(context, { models, base: 'toy-base', params: asked, seed: 1 }, `demo ${params.method} ${name}`)
  const [sparse, whole] = [await merged(params, 'sparse'), await merged({ ...params, densities: '1' }, 'whole')]
  const skills = await factsAndMath(context, sparse)
  const plain = await factsAndMath(
    context,
    await writtenMerge(context, { models, params: { method: 'average' } }, `demo ${params.method} plain`),
  )
  const [loss, wholeLoss] = [await answerLoss(context, sparse, 'math', 60), await answerLoss(context, whole, 'math', 60)]
  return {
    effect: `${skillsText(skills)}; the plain average: ${skillsText(plain)}. Loss on sums ${loss.toFixed(3)}, with nothing dropped ${wholeLoss.toFixed(3)} nats.`,
    pass: skills.facts >= bar.facts && skills.math >= bar.math && skills.math > plain.math && Math.abs(loss - wholeLoss) > 0.002,
    figures: { ...skills, plainFacts: plain.facts, plainMath: plain.math, loss, wholeLoss },
  }
}
