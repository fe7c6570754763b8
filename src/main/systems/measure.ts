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
  const distributions: DistributionExpression[] = []
  for (const item of items) distributions.push(await of(item.prompt, item))
  const runs = distributions.map((distribution) => ({
    inputs: { distribution, ...(drafter ? { drafter } : {}) },
    params: { maxTokens: 24, temperature: 0, ...params },
  }))
  return (await context.nodes('decoder', runs)).map(({ text }) => text as string)
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

const politeWords = new Set('please gladly pleasure dear kind thank happy honour course'.split(' '))
const rudeWords = new Set('turnip noodle pest potato muddlehead bah shush silly whining grumpy'.split(' '))

/** polite, rude or neither, by which of the toys' two word lists prevails. */
export function toneOf(text: string): 'polite' | 'rude' | 'neither' {
  const words = text.split(/[^a-z]+/)
  const balance = words.filter((word) => politeWords.has(word)).length - words.filter((word) => rudeWords.has(word)).length
  return balance > 0 ? 'polite' : balance < 0 ? 'rude' : 'neither'
}

/** Replies to the guests of the style set, sampled at temperature 1; `draws` of each. */
export async function sampleReplies(
  context: DemonstrationContext,
  of: (prompt: string) => DistributionExpression | Promise<DistributionExpression>,
  draws = 2,
): Promise<string[]> {
  const replies: string[] = []
  for (const [index, { prompt }] of (await context.evalSet('style')).entries()) {
    const distribution = await of(prompt)
    const { candidates } = await context.node('decoder', {
      inputs: { distribution },
      params: { temperature: 1, maxTokens: 28, samples: draws },
      seed: 50 + index,
    })
    replies.push(...(candidates as { text: string }[]).map(({ text }) => text))
  }
  return replies
}

/** The tallies of a decoder that keeps a trace: tokens, passes, drafted and accepted guesses. */
export interface Tally {
  readonly texts: readonly string[]
  readonly tokens: number
  readonly passes: number
  readonly drafted: number
  readonly accepted: number
}

/** Decodes greedily (or as `params` say) and adds up what the decoder's report tells. */
export async function tallyDecoding(
  context: DemonstrationContext,
  items: readonly EvalItem[],
  of: (prompt: string) => DistributionExpression | Promise<DistributionExpression>,
  drafter?: DrafterExpression,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Tally> {
  const texts: string[] = []
  const sum = { tokens: 0, passes: 0, drafted: 0, accepted: 0 }
  for (const { prompt } of items) {
    const outputs = await context.node('decoder', {
      inputs: { distribution: await of(prompt), ...(drafter ? { drafter } : {}) },
      params: { maxTokens: 40, temperature: 0, trace: 1, ...params },
    })
    const report = outputs.trace as Omit<Tally, 'texts'>
    texts.push(outputs.text as string)
    for (const key of ['tokens', 'passes', 'drafted', 'accepted'] as const) sum[key] += report[key]
  }
  return { texts, ...sum }
}

/** A drafter's node, run. */
export async function drafterOf(
  context: DemonstrationContext,
  name: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<DrafterExpression> {
  const outputs = await context.node(`${name}-drafter`, { params })
  return outputs.drafter as DrafterExpression
}
