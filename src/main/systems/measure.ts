import type { DistributionExpression, DrafterExpression } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { DemonstrationContext, EvalItem } from './demonstration'

/** Small measures that many demonstrations share. Shares are fractions in 0..1; sentences give per cent. */

export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

export const shareOf = <T>(items: readonly T[], is: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(is).length / items.length

/** Exact match after trimming; for reading the whole sentence or the bare place. */
export function isRight(item: EvalItem, written: string): boolean {
  const text = written.trim()
  return text === item.answer || (item.short !== undefined && text === item.short)
}

/** Greedy answers of a distribution that `of` builds for each prompt, through the Decoder node. */
export async function decodeAll(
  context: DemonstrationContext,
  items: readonly EvalItem[],
  of: (prompt: string, item: EvalItem) => DistributionExpression | Promise<DistributionExpression>,
  params: Readonly<Record<string, unknown>> = {},
  drafter?: DrafterExpression,
): Promise<string[]> {
  const texts: string[] = []
  for (const item of items) {
    const distribution = await of(item.prompt, item)
    const outputs = await context.node('decoder', {
      inputs: { distribution, ...(drafter ? { drafter } : {}) },
      params: { maxTokens: 24, temperature: 0, ...params },
    })
    texts.push(outputs.text as string)
  }
  return texts
}

/** The share of items that a distribution answers rightly, greedily. */
export async function accuracy(
  context: DemonstrationContext,
  items: readonly EvalItem[],
  of: (prompt: string, item: EvalItem) => DistributionExpression | Promise<DistributionExpression>,
): Promise<number> {
  const texts = await decodeAll(context, items, of)
  return shareOf(items, (item) => isRight(item, texts[items.indexOf(item)] ?? ''))
}

export const leaf = (model: ModelRef, text: string): DistributionExpression => ({ op: 'lm', model, prompt: { kind: 'text', text } })

export const alone =
  (model: ModelRef) =>
  (prompt: string): DistributionExpression =>
    leaf(model, prompt)

/** An operator's node, run: its output is the expression with the operator on top. */
export async function operator(
  context: DemonstrationContext,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<DistributionExpression> {
  const outputs = await context.node(`op-${name}`, { inputs, params })
  return outputs.distribution as DistributionExpression
}
