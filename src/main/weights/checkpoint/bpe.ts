import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { GgufValue } from '../gguf/types/header'
import { bool, type Checkpoint, int32s, text, texts } from './plan'
import { token as kinds, specialTokens, tokenizerConfigSchema } from './special-tokens'

/** Byte-level BPE vocabularies (`tokenizer.json`) as llama.cpp's `gpt2` vocabulary. */
const merge = z.union([z.string(), z.tuple([z.string(), z.string()])])
const tokenizerSchema = z.object({
  model: z.object({
    type: z.literal('BPE'),
    vocab: z.record(z.string(), z.number().int().min(0)),
    merges: z.array(merge),
    byte_fallback: z.boolean().nullish(),
  }),
  added_tokens: z.array(z.object({ id: z.number().int().min(0), content: z.string(), special: z.boolean() })).default([]),
  pre_tokenizer: z.json(),
  post_processor: z.json().optional(),
})

/** `rows`: how many embeddings the model has; ids without a token are filled up as unused. Throws `model-unsupported` for other kinds of vocabulary. */
export function bpeVocabulary(checkpoint: Checkpoint, rows: number): [string, GgufValue][] {
  const parsed = tokenizerSchema.safeParse(checkpoint.tokenizer)
  if (!parsed.success || parsed.data.model.byte_fallback)
    throw new TributaryError(
      'model-unsupported',
      `The vocabulary of ${checkpoint.name} is no byte-level BPE, the only kind that our converter knows here.`,
      {
        hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.',
      },
    )
  const { model, added_tokens, pre_tokenizer, post_processor } = parsed.data
  const tokens: string[] = []
  const types: number[] = []
  for (let id = 0; id < rows; id++) {
    tokens.push(`[PAD${id}]`)
    types.push(kinds.unused)
  }
  const put = (token: string, id: number, type: number): void => {
    if (id >= rows) throw new TributaryError('model-corrupt', `${checkpoint.name} has a token ${id} beyond its ${rows} embeddings.`)
    tokens[id] = token
    types[id] = type
  }
  for (const [token, id] of Object.entries(model.vocab)) put(token, id, kinds.normal)
  for (const { content, id, special } of added_tokens) put(content, id, special ? kinds.control : kinds.userDefined)
  const settings = tokenizerConfigSchema.parse(checkpoint.tokenizerConfig ?? {})
  return [
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text(preTokenizerName(pre_tokenizer, checkpoint.name))],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.token_type', int32s(types)],
    ['tokenizer.ggml.merges', texts(model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' '))))],
    ...specialTokens(checkpoint.config, settings, tokens),
    ['tokenizer.ggml.add_bos_token', bool(settings.add_bos_token ?? prependsBos(post_processor, settings.bos_token))],
    ['tokenizer.ggml.add_space_prefix', bool(false)],
  ]
}

/** A template post-processor that begins with the begin token says that prompts begin with it. */
function prependsBos(post: Json | undefined, bos: string | null | undefined): boolean {
  const template = z.looseObject({ type: z.literal('TemplateProcessing'), single: z.array(z.json()) }).safeParse(post)
  const first = z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) }).safeParse(template.data?.single[0])
  return first.success && first.data.SpecialToken.id === bos
}

const llama3Pattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
const qwen2Pattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/** llama.cpp's names of those that one pattern defines */
export const wordPatterns: Readonly<Record<string, string>> = { 'llama-bpe': llama3Pattern, qwen2: qwen2Pattern }

/** llama.cpp names ways of cutting text into words; we recognise those whose definition we know, and guess nothing. */
function preTokenizerName(pre: Json, model: string): string {
  const step = z.looseObject({ type: z.string() })
  const outer = z.looseObject({ type: z.literal('Sequence'), pretokenizers: z.array(step) }).safeParse(pre)
  const steps = outer.success ? outer.data.pretokenizers : z.array(step).catch([]).parse([pre])
  const kinds = steps.map((each) => each.type).join('+')
  const pattern = steps.map((each) => z.looseObject({ Regex: z.string() }).safeParse(each.pattern).data?.Regex).find(Boolean)
  if (kinds === 'ByteLevel' && steps[0]?.use_regex !== false) return 'gpt-2'
  if (kinds === 'Digits+ByteLevel' && steps[0]?.individual_digits === true) return 'smollm'
  const named = Object.entries(wordPatterns).find(([, known]) => known === pattern)
  if (kinds === 'Split+ByteLevel' && named) return named[0]
  throw new TributaryError(
    'model-unsupported',
    `${model} cuts text into words in a way (${kinds || 'none'}) that our converter does not know.`,
    {
      hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.',
    },
  )
}
