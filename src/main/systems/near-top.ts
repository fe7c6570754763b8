import type { DemonstrationContext, EvalItem } from './demonstration'
import { alone, drafterOf, type Tally, tallyDecoding } from './measure'

/** Sums and stories of toy-base, of which it is often unsure, drafted by toy-draft under a rule of verification. */
export async function underRule(context: DemonstrationContext, params: Readonly<Record<string, unknown>>): Promise<Tally> {
  const model = await context.model('toy-draft')
  const drafter = await drafterOf(context, 'model', { model, stopBelow: 0, adaptive: false, ...params })
  const items = await uncertainItems(context)
  return tallyDecoding(context, items, alone(await context.model('toy-base')), drafter)
}

export async function uncertainItems(context: DemonstrationContext): Promise<readonly EvalItem[]> {
  return [...(await context.evalSet('math', 60)), ...(await context.evalSet('story', 12))]
}
