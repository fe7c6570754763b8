import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { GgufValue } from '../gguf/types/header'
import { bool, type Checkpoint, float32s, int32s, text, texts } from './plan'
import { parseSentencePiece, type SentencePieceModel } from './sentencepiece-model'
import { specialTokens, token, tokenizerConfigSchema } from './special-tokens'

/** tokenizer.json of a SentencePiece vocabulary, as Hugging Face's fast tokenizers keep it. */
const fastSchema = z.looseObject({
  model: z.looseObject({
    type: z.literal('BPE'),
    vocab: z.record(z.string(), z.number().int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    byte_fallback: z.literal(true),
    unk_token: z.string().nullish(),
  }),
  normalizer: z.json().optional(),
  pre_tokenizer: z.json().optional(),
})
const addedSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number().int().min(0), content: z.string(), special: z.boolean() })).default([]),
})

const padding = -10_000
const bytePairs = 2

/** As llama.cpp's `llama` vocabulary: pieces, scores and types. Undefined where the checkpoint has no vocabulary of this kind. */
export function sentencePieceVocabulary(checkpoint: Checkpoint, rows: number): [string, GgufValue][] | undefined {
  const model = modelOf(checkpoint)
  if (model === undefined || model.kind !== bytePairs) return undefined
  const settings = tokenizerConfigSchema.parse(checkpoint.tokenizerConfig ?? {})
  const tokens = Array.from({ length: rows }, (_, id) => `[PAD${id}]`)
  const scores = Array.from({ length: rows }, () => padding)
  const types = Array.from({ length: rows }, (): number => token.unused)
  const put = (id: number, content: string, score: number, type: number): void => {
    if (id >= rows) throw new TributaryError('model-corrupt', `${checkpoint.name} has a token ${id} beyond its ${rows} embeddings.`)
    tokens[id] = content
    scores[id] = score
    types[id] = type
  }
  for (const [id, piece] of model.pieces.entries()) put(id, piece.text, piece.score, piece.type)
  for (const { id, content, special } of addedTokens(checkpoint)) {
    // the unknown token keeps its own kind
    const type = types[id] === token.unknown ? token.unknown : special ? token.control : token.userDefined
    put(id, content, scores[id] ?? padding, type)
  }
  return [
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.pre', text('default')],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.scores', float32s(scores)],
    ['tokenizer.ggml.token_type', int32s(types)],
    ...specialTokens(checkpoint.config, settings, tokens),
    ['tokenizer.ggml.add_bos_token', bool(settings.add_bos_token ?? true)],
    ['tokenizer.ggml.add_eos_token', bool(settings.add_eos_token ?? false)],
    ['tokenizer.ggml.add_space_prefix', bool(model.addDummyPrefix)],
  ]
}

function modelOf({ tokenizer, sentencePiece, name }: Checkpoint): SentencePieceModel | undefined {
  if (sentencePiece !== undefined) return parseSentencePiece(sentencePiece, name)
  const fast = fastSchema.safeParse(tokenizer)
  return fast.success ? fromFast(fast.data) : undefined
}

/** A piece that a merge makes is worth the more the earlier the merge: joined in the order of scores, text is cut as the merges cut it. */
function fromFast({ model, normalizer, pre_tokenizer }: z.infer<typeof fastSchema>): SentencePieceModel {
  const ranks = new Map<string, number>()
  for (const [rank, pair] of model.merges.entries()) {
    const piece = typeof pair === 'string' ? pair.replace(' ', '') : pair.join('')
    if (!ranks.has(piece)) ranks.set(piece, rank)
  }
  const size = Object.values(model.vocab).reduce((most, id) => Math.max(most, id + 1), 0)
  const pieces = Array.from({ length: size }, (_, id) => ({ text: `[PAD${id}]`, score: padding, type: token.unused as number }))
  for (const [content, id] of Object.entries(model.vocab)) {
    const type = content === model.unk_token ? token.unknown : /^<0x[0-9A-F]{2}>$/.test(content) ? token.byte : token.normal
    pieces[id] = { text: content, score: type === token.normal ? -(ranks.get(content) ?? model.merges.length) : 0, type }
  }
  // a step that puts ▁ before the text
  const addDummyPrefix = /"type":"Prepend"|"prepend_scheme":"(first|always)"|"add_prefix_space":true/.test(
    JSON.stringify([normalizer ?? null, pre_tokenizer ?? null]),
  )
  return { pieces, kind: bytePairs, addDummyPrefix }
}

function addedTokens({ tokenizer, tokenizerConfig }: Checkpoint): { id: number; content: string; special: boolean }[] {
  const fast = addedSchema.safeParse(tokenizer)
  if (fast.success) return fast.data.added_tokens
  const listed = tokenizerConfigSchema.safeParse(tokenizerConfig ?? {}).data?.added_tokens_decoder ?? {}
  return Object.entries(listed).map(([id, { content, special }]) => ({ id: Number(id), content, special }))
}
