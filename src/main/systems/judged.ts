import type { DistributionExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { DemonstrationContext, EvalItem } from './demonstration'
import { leaf, operator } from './measure'
import { statementOf } from './worlds'

/** Facts whose answer is one word at the end of a sentence: a judge who has read the sentence can tell which word is right. */
export async function judgedFacts(context: DemonstrationContext): Promise<readonly EvalItem[]> {
  return (await context.evalSet('facts')).filter(({ relation }) => relation === 'capital' || relation === 'continent')
}

/** Toy-base, each of its likely tokens judged by toy-reader, which is shown the true sentence: “premise: … claim: … label:”. */
export async function judged(
  context: DemonstrationContext,
  prompt: string,
  item: EvalItem,
  params: Readonly<Record<string, unknown>>,
): Promise<DistributionExpression> {
  const [base, reader]: [ModelRef, ModelRef] = [await context.model('toy-base'), await context.model('toy-reader')]
  const sentence = statementOf(item)
  const opening = sentence.replace(/ [^ ]+$/, '')
  return operator(
    context,
    'reweight',
    { of: leaf(base, prompt), judge: leaf(reader, `premise: ${sentence} claim: ${opening}`) },
    { question: '. label:', yes: ' yes', no: ' no', k: 8, ...params },
  )
}
