import type { DistributionExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { DemonstrationContext, Shown } from './demonstration'
import { alone, leaf, operator, percent, sampleReplies, shareOf, toneOf } from './measure'

/** Sampled replies of toy-base that are polite: before, and when `steer` names an operator that wires it with toy-polite and toy-rude. */
export async function politer(
  context: DemonstrationContext,
  {
    steer,
    least,
  }: {
    readonly steer: {
      readonly operator: string
      inputs(of: Readonly<Record<'base' | 'polite' | 'rude', DistributionExpression>>): Parameters<typeof operator>[2]
      readonly params: Readonly<Record<string, unknown>>
    }
    /** share of polite replies that it must reach */
    readonly least: number
  },
): Promise<Shown> {
  const model = async (id: string): Promise<ModelRef> => await context.model(id)
  const [base, polite, rude] = [await model('toy-base'), await model('toy-polite'), await model('toy-rude')]
  const isPolite = (text: string): boolean => toneOf(text) === 'polite'
  const before = shareOf(await sampleReplies(context, alone(base)), isPolite)
  const replies = await sampleReplies(context, (prompt) =>
    operator(
      context,
      steer.operator,
      steer.inputs({ base: leaf(base, prompt), polite: leaf(polite, prompt), rude: leaf(rude, prompt) }),
      steer.params,
    ),
  )
  const after = shareOf(replies, isPolite)
  return {
    effect: `Polite replies: ${percent(before)} before, ${percent(after)} when steered (${replies.length} sampled).`,
    pass: before < 0.75 && after >= least,
    figures: { politeBefore: before, politeAfter: after },
  }
}
