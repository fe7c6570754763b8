import { z } from 'zod'
import type { TokenizerPolicy } from '../../shared/expression'
import type { Json } from '../../shared/json'
import { refuse } from './settings'

const model = z.union([z.literal('base'), z.number().int().min(0).max(255)])
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('zero') }),
  z.strictObject({
    kind: z.literal('model'),
    model,
    token: z
      .union([
        z.string().max(512),
        z
          .number()
          .int()
          .min(0)
          .max(2 ** 24),
      ])
      .optional(),
  }),
])
const tokens = z.record(z.string().max(512), z.strictObject({ source: source.optional(), force: z.boolean().optional() }))

export const tokenizerPolicy = z.strictObject({
  source: z.union([z.enum(['base', 'union']), z.number().int().min(0).max(255)]),
  tokens: tokens.optional(),
  padToMultipleOf: z.number().int().min(1).max(65_536).optional(),
  approximate: z.number().int().min(1).max(256).optional(),
})

/** The table of single tokens as a person writes it. Throws `weights-parameter` quoting what cannot be read. */
export function parseTokens(json: Json): NonNullable<TokenizerPolicy['tokens']> {
  const parsed = tokens.safeParse(json)
  if (parsed.success) return parsed.data as NonNullable<TokenizerPolicy['tokens']>
  const [issue] = parsed.error.issues
  return refuse(
    'The table of tokens',
    `cannot be read: ${issue?.path.join('.') || 'it'}: ${issue?.message}`,
    'Write {"<token>": {"source": {"kind": "model", "model": 0}}}; kind zero needs no model, and "base" names the base.',
  )
}
