import type { ModelRef } from '../../../shared/value'
import type { CompressorTools, TokenInformation } from '../../compression/method'
import type { LanguageModel } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { countWords } from '../../retrieval/chunk'

/** What compression methods may ask, answered by the models that are chosen. Without a model, tokens are counted as words. */
export async function compressorTools(model: ModelRef | null, embedder: ModelRef | null, context: RunContext): Promise<CompressorTools> {
  const { call } = context.models
  const opened = model === null ? undefined : await context.models.open(model)
  const encoder = embedder === null ? undefined : await context.models.open(embedder)
  return {
    countTokens: async (text) => (text === '' ? 0 : opened ? (await opened.tokenize(text, call)).length : countWords(text)),
    ...(opened ? { information: await informationOf(opened, context) } : {}),
    ...(encoder ? { embed: (texts) => encoder.embed(texts, call) } : {}),
    progress: (done, total) => context.progress(done, total, 'documents'),
  }
}

/**
 * −ln p of each token of a text after another. Where both do not fit the model's context, the older part of what stands before goes first; a text that alone is too
 * long is measured in halves, cut at a blank, each with the end of the one before it.
 */
async function informationOf(model: LanguageModel, context: RunContext): Promise<NonNullable<CompressorTools['information']>> {
  const { call } = context.models
  const limit = (await model.describe(call)).contextTokens - 2
  const fits = async (text: string) => (await model.tokenize(text, call)).length <= limit

  return async function measure(text: string, before = ''): Promise<readonly TokenInformation[]> {
    if (text === '') return []
    context.signal.throwIfAborted()
    const joined = before === '' || /\s$/.test(before) ? before + text : `${before} ${text}`
    if (await fits(joined)) return cutFront(await model.surprisal(joined, call), joined.length - text.length)
    if (before.length > 40) return measure(text, newerHalf(before))
    const middle = text.indexOf(' ', Math.floor(text.length / 2))
    if (middle <= 0 || middle >= text.length - 1) return [{ text, nats: Number.NaN }]
    const first = text.slice(0, middle)
    return [...(await measure(first)), ...(await measure(text.slice(middle), newerHalf(first)))]
  }
}

const newerHalf = (text: string): string => text.slice(Math.floor(text.length / 2)).replace(/^\S*\s/, '')

/** The tokens after the first `length` characters; one that lies across the cut keeps its nats and the part after it. */
function cutFront(tokens: readonly TokenInformation[], length: number): TokenInformation[] {
  let at = 0
  return tokens.flatMap((token) => {
    const start = at
    at += token.text.length
    if (at <= length) return []
    return [start >= length ? token : { ...token, text: token.text.slice(length - start) }]
  })
}
