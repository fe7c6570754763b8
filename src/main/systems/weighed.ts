import type { DemonstrationContext, Shown } from './demonstration'
import { calibrated, judgedFactsAndMath, type MergeAsked, skillsText, writtenMerge } from './merging'

/** Merges the two specialists by statistics of each on its own task, and beside it by the plain average; both are judged on the rows that nobody calibrated on. */
export async function weighedMerge(
  context: DemonstrationContext,
  asked: {
    readonly name: string
    readonly measure: 'activations' | 'gradients'
    readonly params: Readonly<Record<string, unknown>>
    readonly base?: string
    /** sets on which the base is measured too */
    readonly ofBase?: readonly string[]
    readonly bar: { readonly facts: number; readonly math: number }
    /** it must solve more sums than the plain average */
    readonly moreSums?: true
  },
): Promise<Shown> {
  const params = { measure: asked.measure, rows: 40 }
  const models = ['toy-math', 'toy-facts']
  const statistics = [await calibrated(context, 'toy-math', ['math'], params), await calibrated(context, 'toy-facts', ['facts'], params)]
  const baseStatistics =
    asked.base && asked.ofBase ? await calibrated(context, asked.base, asked.ofBase, { ...params, rows: 80 }) : undefined
  const merge: MergeAsked = {
    models,
    statistics,
    params: asked.params,
    ...(asked.base ? { base: asked.base } : {}),
    ...(baseStatistics ? { baseStatistics } : {}),
  }
  const weighed = await judgedFactsAndMath(context, await writtenMerge(context, merge, `demo ${asked.name}`))
  const plain = await judgedFactsAndMath(
    context,
    await writtenMerge(context, { models, params: { method: 'average' } }, `demo ${asked.name} plain`),
  )
  return {
    effect: `${skillsText(weighed)}; the plain average: ${skillsText(plain)}.`,
    pass: weighed.facts >= asked.bar.facts && weighed.math >= asked.bar.math && (!asked.moreSums || weighed.math > plain.math),
    figures: { ...weighed, plainFacts: plain.facts, plainMath: plain.math },
  }
}
