import { z } from 'zod'
import type { Json } from '../../../shared/json'
import type { GgufValue } from '../gguf/types/header'
import { text, uint32 } from './plan'

const tokenText = z.union([z.string(), z.looseObject({ content: z.string() }).transform((token) => token.content)]).nullish()
const added = z.record(z.string().regex(/^\d{1,7}$/), z.looseObject({ content: z.string(), special: z.boolean().default(false) }))

/** What tokenizer_config.json says that a GGUF wants to know. */
export const tokenizerConfigSchema = z.looseObject({
  bos_token: tokenText,
  eos_token: tokenText,
  unk_token: tokenText,
  pad_token: tokenText,
  add_bos_token: z.boolean().nullish(),
  add_eos_token: z.boolean().nullish(),
  added_tokens_decoder: added.nullish(),
  chat_template: z.string().nullish().catch(null),
})
export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>

export const token = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

const idSchema = z.union([z.number().int(), z.array(z.number().int()).transform((ids) => ids[0])]).nullish()
const configIdsSchema = z.looseObject({ bos_token_id: idSchema, eos_token_id: idSchema, pad_token_id: idSchema })

/** Ids of the tokens with a role, and the chat template. */
export function specialTokens(config: Json, settings: TokenizerConfig, tokens: readonly string[]): [string, GgufValue][] {
  const ids = configIdsSchema.parse(config)
  const idOf = (content: string | null | undefined, fallback: number | null | undefined): number | undefined => {
    const id = content === null || content === undefined ? -1 : tokens.indexOf(content)
    return id >= 0 ? id : (fallback ?? undefined)
  }
  const roles = [
    ['bos', idOf(settings.bos_token, ids.bos_token_id)],
    ['eos', idOf(settings.eos_token, ids.eos_token_id)],
    ['unknown', idOf(settings.unk_token, undefined)],
    ['padding', idOf(settings.pad_token, ids.pad_token_id)],
  ] as const
  return [
    ...roles.flatMap(([role, id]) => (id === undefined ? [] : [[`tokenizer.ggml.${role}_token_id`, uint32(id)] as [string, GgufValue]])),
    ...(settings.chat_template ? ([['tokenizer.chat_template', text(settings.chat_template)]] as [string, GgufValue][]) : []),
  ]
}
