import { answerNames, columnCalled, questionNames } from '../../../shared/batch/columns'
import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import { hashJson } from '../../../shared/hash'
import type { Dataset, ModelRef } from '../../../shared/value'
import type { ContinuationScore } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { continuationOf } from './continuation'
import { withModelOf } from './measuring'

/** How a merged candidate is judged on rows of prompts and answers; lower is better. */
export const objectiveNames = ['likelihood', 'accuracy', 'entropy'] as const
export type ObjectiveName = (typeof objectiveNames)[number]

export const objectiveParam = {
  kind: 'choice',
  default: 'likelihood',
  title: 'Judged by',
  summary: 'what makes one merge better than another',
  options: [
    { value: 'likelihood', title: 'likelihood of the answers', summary: 'smooth: good for few rows' },
    { value: 'accuracy', title: 'answers that match exactly' },
    { value: 'entropy', title: 'certainty, without answers', summary: 'the mean entropy of the next token while it answers (AdaMerging)' },
  ],
} as const

export const rowsParams = {
  promptColumn: { kind: 'text', default: 'prompt', advanced: true, title: 'Prompt column', summary: 'the column that holds the prompts' },
  answerColumn: { kind: 'text', default: 'answer', advanced: true, title: 'Answer column', summary: 'the column that holds the answers' },
  rows: {
    kind: 'number',
    default: 40,
    min: 1,
    max: 100_000,
    integer: true,
    title: 'Rows',
    summary: 'how many rows of the dataset are used',
    unit: 'rows',
  },
} as const

/** Of nodes that compare what two models make of the same texts. */
export const comparedParams = {
  tokens: {
    kind: 'number',
    default: 1000,
    min: 16,
    max: 20_000,
    integer: true,
    title: 'Tokens',
    summary: 'at most so many are compared',
    unit: 'tokens',
  },
  ...rowsParams,
} as const

export interface Row {
  readonly prompt: string
  readonly answer: string
}

export interface RowsAsked {
  readonly promptColumn: string
  readonly answerColumn: string
  readonly rows: number
}

/**
 * The first rows of a dataset as prompts and answers. Where nobody chose a column and none has the usual name, one that is called like a question, or like an
 * answer, is taken. Throws `data-empty` or `input-type` naming the column.
 */
export function rowsOf(data: Dataset, { promptColumn, answerColumn, rows }: RowsAsked): Row[] {
  if (data.rows.length === 0) throw new TributaryError('data-empty', `The dataset ${data.name} has no rows to judge by.`)
  const prompts = columnOf(data, promptColumn, rowsParams.promptColumn.default, questionNames)
  const answers = columnOf(data, answerColumn, rowsParams.answerColumn.default, answerNames)
  return data.rows.slice(0, rows).map((row, index) => {
    const read = (column: string): string => {
      const value = row[column]
      if (typeof value === 'string' || typeof value === 'number') return String(value)
      throw new TributaryError('input-type', `Row ${index + 1} of ${data.name} has no text in the column "${column}".`, {
        hint: `Its columns are ${data.columns.join(', ')}.`,
      })
    }
    return { prompt: read(prompts), answer: read(answers) }
  })
}

const columnOf = ({ columns }: Dataset, asked: string, usual: string, names: readonly string[]): string =>
  asked === usual && !columns.includes(usual) ? (columnCalled(columns, names) ?? asked) : asked

/** The least share of different tokens in answers; below it a model has collapsed. */
const leastDifferent = 0.3

/**
 * The loss of a model on these rows: nats a token, share of wrong answers, or mean entropy in nats. Rows are read side by side; on a CPU that changes no bit, so
 * a loss that is known by model and rows holds however many are read together. On a GPU last bits may differ from run to run, as they do row by row.
 */
export async function lossOf(model: ModelRef, rows: readonly Row[], objective: ObjectiveName, context: RunContext): Promise<number> {
  if (objective === 'likelihood') return answerLoss(model, rows, context)
  let wrong = 0
  let entropy = 0
  let steps = 0
  let different = 0
  const answers = await answersTo(rows, model, context, objective === 'entropy')
  for (const [i, { text, trace }] of answers.entries()) {
    if (text.trim() !== rows[i]?.answer.trim()) wrong++
    for (const step of trace?.steps ?? []) {
      entropy += step.entropy
      steps++
    }
    different += new Set(trace?.steps.map(({ id }) => id)).size
  }
  if (objective === 'accuracy') return wrong / rows.length
  // a model that repeats one token is certain, and worthless
  return steps > 0 && different / steps < leastDifferent ? Number.NaN : entropy / Math.max(1, steps)
}

/** The lines that a model continues the prompts with, always taking the likeliest token. */
export function answersTo(
  rows: readonly Row[],
  model: ModelRef,
  context: RunContext,
  traced: boolean,
): ReturnType<RunContext['models']['decodeAll']> {
  context.signal.throwIfAborted()
  return context.models.decodeAll(
    rows.map(({ prompt }) => ({
      expression: { op: 'lm', model, prompt: { kind: 'text', text: prompt } },
      sampler: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
      maxTokens: 32,
      stop: ['\n'],
      seed: 1,
      ...(traced ? { trace: { topK: 1 } } : {}),
    })),
  )
}

/** What the weights answer to each row. */
export const answersOf = (expression: WeightsExpression, rows: readonly Row[], context: RunContext): Promise<string[]> =>
  withModelOf(expression, context, async (model) => (await answersTo(rows, model, context, false)).map(({ text }) => text.trim()))

async function answerLoss(model: ModelRef, rows: readonly Row[], context: RunContext): Promise<number> {
  const opened = await context.models.open(model)
  const scores = await opened.scoreAll(
    rows.map(({ prompt, answer }) => ({
      prompt: { kind: 'text', text: prompt },
      continuations: [continuationOf(prompt, answer)],
      end: true,
    })),
    context.models.call,
  )
  return lossOfScores(scores)
}

/** Nats a token over all rows, added in their order. */
export function lossOfScores(scores: readonly (readonly ContinuationScore[])[]): number {
  let nats = 0
  let tokens = 0
  for (const [score] of scores) {
    nats -= score?.logprob ?? 0
    tokens += score?.tokens ?? 0
  }
  return nats / Math.max(1, tokens)
}

/** Writes a candidate, judges it, forgets it; a model that is a file already is judged as it is, and what was judged before is known. */
export async function lossOfWeights(
  expression: WeightsExpression,
  rows: readonly Row[],
  objective: ObjectiveName,
  context: RunContext,
): Promise<number> {
  const key = hashJson({ expression, rows, objective })
  const before = context.weights.judged?.get(key)
  if (before !== undefined) return before
  const loss = await withModelOf(expression, context, (model) => lossOf(model, rows, objective, context))
  context.weights.judged?.put(key, loss)
  return loss
}
