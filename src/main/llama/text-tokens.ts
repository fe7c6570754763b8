import type { StatisticsRequest } from '../models/model'
import type { LoadedModel } from './loaded-model'
import { tapTokens } from './plan-tap'
import { type LlamaRuntime, promptTokens } from './runtime'

/** A text to be measured on, as at most 512 tokens; those from `firstScored` on are what the model is judged by: a continuation with its end, or all. */
export async function tokensOfText(
  runtime: LlamaRuntime,
  model: LoadedModel,
  { prompt, continuation }: StatisticsRequest['texts'][number],
): Promise<{ readonly tokens: readonly number[]; readonly firstScored: number }> {
  const { vocabulary } = model.native
  const lead = await promptTokens(runtime.parts, model, prompt)
  const rest = continuation === undefined ? [] : [...vocabulary.tokenize(continuation), ...vocabulary.endTokens.slice(0, 1)]
  return { tokens: [...lead, ...rest].slice(0, tapTokens), firstScored: continuation === undefined ? 1 : lead.length }
}
