import type { WeightsExpression } from '../../shared/expression'
import type { Dataset, ModelRef, StatisticsRef } from '../../shared/value'
import { lossOfScores } from '../nodes/merging/objectives'
import type { DemonstrationContext } from './demonstration'
import { accuracy, alone, percent } from './measure'

/** What demonstrations of the weights family share: nodes run as a graph runs them, and skills measured on the toys' held-out sets. */

/** Load weights of a catalogue model. */
export async function weightsOf(context: DemonstrationContext, id: string): Promise<WeightsExpression> {
  return (await context.node('load-weights', { params: { model: await context.model(id) } })).weights as WeightsExpression
}

export interface MergeAsked {
  readonly models: readonly (string | WeightsExpression)[]
  readonly base?: string
  readonly statistics?: readonly StatisticsRef[]
  readonly baseStatistics?: StatisticsRef
  readonly params: Readonly<Record<string, unknown>>
  readonly seed?: number
}

/** The Merger node on these models. */
export async function mergedWeights(
  context: DemonstrationContext,
  { models, base, params, seed, ...more }: MergeAsked,
): Promise<WeightsExpression> {
  const inputs: Record<string, unknown> = {
    models: await Promise.all(models.map((model) => (typeof model === 'string' ? weightsOf(context, model) : model))),
    ...more,
  }
  if (base !== undefined) inputs.base = await weightsOf(context, base)
  return (await context.node('merger', { inputs, params, ...(seed === undefined ? {} : { seed }) })).weights as WeightsExpression
}

/** Write model: the expression as a model that can be asked. */
export async function written(context: DemonstrationContext, weights: WeightsExpression, name: string): Promise<ModelRef> {
  return (await context.node('write-model', { inputs: { weights }, params: { name, dtype: 'F16' } })).model as ModelRef
}

export const writtenMerge = async (context: DemonstrationContext, asked: MergeAsked, name: string): Promise<ModelRef> =>
  written(context, await mergedWeights(context, asked), name)

/** Greedy exact match on a held-out set, as a share. */
export async function skill(context: DemonstrationContext, model: ModelRef, set: string, limit?: number): Promise<number> {
  return accuracy(context, await context.evalSet(set, limit), alone(model))
}

export interface Skills {
  readonly facts: number
  readonly math: number
}

export async function factsAndMath(context: DemonstrationContext, model: ModelRef): Promise<Skills> {
  return { facts: await skill(context, model, 'facts'), math: await skill(context, model, 'math') }
}

/** Mean negative log-likelihood of the answers of a set, in nats a token, the end token included. */
export async function answerLoss(context: DemonstrationContext, model: ModelRef, set: string, limit?: number): Promise<number> {
  const opened = await context.open(model)
  const rows = await context.evalSet(set, limit)
  const scores = await opened.scoreAll(
    rows.map(({ prompt, answer }) => ({ prompt: { kind: 'text', text: prompt }, continuations: [` ${answer}`], end: true })),
    { signal: context.signal },
  )
  return lossOfScores(scores)
}

/** A held-out set as a dataset wire; every `step`-th row from `from` on, so that a search and its judge can use different rows. */
export async function datasetOf(
  context: DemonstrationContext,
  sets: readonly string[],
  { from = 0, step = 1, most = 1000 } = {},
): Promise<Dataset> {
  const lists = await Promise.all(sets.map((set) => context.evalSet(set)))
  const rows = lists
    .flatMap((list) => list.filter((_, index) => index % step === from).slice(0, most))
    .map(({ prompt, answer }) => ({ prompt, answer }))
  return { name: sets.join(' and '), columns: ['prompt', 'answer'], rows }
}

/** Calibrate on every fourth row of a specialist's own set: the rest judges. */
export async function calibrated(
  context: DemonstrationContext,
  model: string,
  sets: readonly string[],
  params: Readonly<Record<string, unknown>> = {},
): Promise<StatisticsRef> {
  const data = await datasetOf(context, sets, { step: 4 })
  const inputs = { data }
  const outputs = await context.node('calibrate', { inputs, params: { model: await context.model(model), ...params } })
  return outputs.statistics as StatisticsRef
}

/** Share of rows answered right, of those that `datasetOf(…, { step: 4 })` leaves out. */
export async function judgedSkill(context: DemonstrationContext, model: ModelRef, set: string): Promise<number> {
  return accuracy(
    context,
    (await context.evalSet(set)).filter((_, index) => index % 4 !== 0),
    alone(model),
  )
}

export const judgedFactsAndMath = async (context: DemonstrationContext, model: ModelRef): Promise<Skills> => ({
  facts: await judgedSkill(context, model, 'facts'),
  math: await judgedSkill(context, model, 'math'),
})

export const skillsText = ({ facts, math }: Skills): string => `facts ${percent(facts)}, sums ${percent(math)}`
