import type { Prompt } from '../../shared/expression'
import type { ModelRef } from '../../shared/value'
import type { Decoded, LanguageModel } from '../models/model'
import type { RunContext } from '../node-runtime'

export interface WriteOptions {
  readonly maxTokens: number
  /** 0 is greedy */
  readonly temperature?: number
  readonly stop?: readonly string[]
  readonly seed?: number
}

/** What one model writes after a prompt; streamed into the node. */
export function write(
  context: RunContext,
  model: ModelRef,
  prompt: Prompt,
  { maxTokens, temperature = 0, stop = [], seed = context.seed }: WriteOptions,
): Promise<Decoded> {
  return context.models.decode({
    expression: { op: 'lm', model, prompt },
    sampler: { temperature, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
    maxTokens,
    stop,
    seed,
  })
}

export const plain = (text: string): Prompt => ({ kind: 'text', text })

/** A prompt in the form that a model knows: its chat form where it has one, else the text as it is. */
export async function inForm(model: LanguageModel, context: RunContext, form: 'auto' | 'chat' | 'text', text: string): Promise<Prompt> {
  const isChat = form === 'chat' || (form === 'auto' && (await model.describe(context.models.call)).hasChatTemplate && !isToy(model.ref))
  return isChat ? { kind: 'chat', messages: [{ role: 'user', content: text }] } : plain(text)
}

/** Raw scores of passages as answers to a query, greater is better, by a reranking model. */
export async function relevanceOf(context: RunContext, ref: ModelRef, query: string, passages: readonly string[]): Promise<number[]> {
  const model = await context.models.open(ref)
  const pairs = passages.map((second) => ({ first: query, second }))
  return (await model.readPairs(pairs, context.models.call)).map((scores) => scores[0]!)
}

/** What an encoder of pairs tells apart; nothing is asked of a server, which cannot say. */
export const labelsOf = async (model: LanguageModel, context: RunContext): Promise<readonly string[]> =>
  model.ref.backend === 'openai-compatible' ? [] : (await model.describe(context.models.call)).labels

/** The toy models that come with the application know fixed forms of prompts and no instructions. */
export const isToy = (ref: ModelRef): boolean => /^toy-/.test(ref.name)

/** How a prompt is put, as a param that several nodes share. */
export const formParam = {
  kind: 'choice',
  default: 'auto',
  title: 'Prompt form',
  summary: 'how the prompt is put to the model',
  advanced: true,
  options: [
    { value: 'auto', title: 'As the model knows it', summary: 'its chat form where it has one' },
    { value: 'chat', title: 'As a chat turn' },
    { value: 'text', title: 'As plain text' },
  ],
} as const
