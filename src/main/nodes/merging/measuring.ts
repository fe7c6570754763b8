import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { Dataset, ModelRef } from '../../../shared/value'
import type { ModelStatistics, StatisticsRequest } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { continuationOf } from './continuation'

export interface ColumnsAsked {
  readonly promptColumn: string
  readonly answerColumn: string
  readonly rows: number
}

/** Rows as texts; a row without an answer is read as a text of its own. Throws `data-empty` or `input-type`. */
export function textsOf(data: Dataset, asked: ColumnsAsked): StatisticsRequest['texts'] {
  if (data.rows.length === 0) throw new TributaryError('data-empty', `The dataset ${data.name} has no texts to calibrate on.`)
  return data.rows.slice(0, asked.rows).map((row, index) => {
    const [text, answer] = [row[asked.promptColumn], row[asked.answerColumn]]
    if (typeof text !== 'string' || text === '')
      throw new TributaryError('input-type', `Row ${index + 1} of ${data.name} has no text in the column "${asked.promptColumn}".`, {
        hint: `Its columns are ${data.columns.join(', ')}.`,
      })
    const prompt = { kind: 'text', text } as const
    return answer === undefined || answer === null || answer === ''
      ? { prompt }
      : { prompt, continuation: continuationOf(text, String(answer)) }
  })
}

/** Lends the weights as a model: the file itself where they come from one as they are, else a candidate that is written and taken away again. */
export async function withModelOf<T>(
  weights: WeightsExpression,
  context: RunContext,
  use: (model: ModelRef) => Promise<T>,
  dtype = 'keep',
): Promise<T> {
  if (weights.op === 'load') return use(weights.model)
  const { withCandidate } = context.weights
  if (withCandidate === undefined) throw new TributaryError('model-unsupported', 'Merged candidates cannot be tried here.')
  const request = { expression: weights, name: 'candidate', dtype, recipe: {}, blobs: context.blobs }
  return withCandidate(request, { signal: context.signal }, use)
}

/** For many candidates after each other: in the context that `use` gets they share one file (`withScratch`), with the same numbers and scores. */
export function onScratch<T>(context: RunContext, use: (context: RunContext) => Promise<T>): Promise<T> {
  const { withScratch } = context.weights
  if (withScratch === undefined) return use(context)
  return withScratch((withCandidate) => use(withWeights(context, { ...context.weights, withCandidate })))
}

/** The context with other weights. Its parts are named one by one: they are made when they are asked for, and a copy of what is there already has none. */
function withWeights(context: RunContext, weights: RunContext['weights']): RunContext {
  const { nodeId, signal, asked, seed, models, progress, metric, stream, warn, blobs, resources } = context
  return { nodeId, signal, asked, seed, models, progress, metric, stream, warn, blobs, resources, weights }
}

/** What flows through a model while it reads texts, with progress. Throws `model-unsupported` for models that run elsewhere. */
export async function flowOf(model: ModelRef, request: StatisticsRequest, context: RunContext): Promise<ModelStatistics> {
  const opened = await context.models.open(model)
  if (opened.statistics === undefined)
    throw new TributaryError('model-unsupported', `"${model.name}" runs elsewhere: what flows through it cannot be seen.`)
  const { call } = context.models
  return opened.statistics(request, {
    ...call,
    onEvent: (event) => {
      if (event.type === 'prompt-progress') context.progress(event.done, event.total, 'texts')
      call.onEvent?.(event)
    },
  })
}
