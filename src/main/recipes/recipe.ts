import { z } from 'zod'
import { TributaryError } from '../../shared/errors'
import type { WeightsExpression } from '../../shared/expression'
import { jsonValue } from '../../shared/json-schema'
import { tokenizerPolicy } from '../weights/tokenizer-policy'

/** What a merged file says of how it was made. */
export interface Recipe {
  readonly expression: WeightsExpression
  readonly name: string
  readonly dtype: string
  readonly format?: 'gguf' | 'safetensors'
  readonly shardBytes?: number
  /** statistics that it was quantized by */
  readonly importance?: string
}

/** The text under `tributary.recipe` of a merged file comes from wherever the file came from: it is checked before it becomes a graph. */
const model = z.object({ backend: z.string().max(64), id: z.string().max(256), name: z.string().max(256) }).loose()
const params = z.record(z.string().max(64), jsonValue)
const seed = z.number().int().min(0).max(0xffffffff)
const expression: z.ZodType<WeightsExpression> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('load'), model }),
    z.object({ op: z.literal('delta'), tuned: expression, base: expression, allowQuantized: z.boolean().optional() }),
    z.object({ op: z.literal('prune'), pruner: z.string().max(64), of: expression, params, seed: seed.optional() }),
    z.object({
      op: z.literal('merge'),
      method: z.string().max(64),
      base: expression.optional(),
      models: z.array(z.object({ weights: expression, params, statistics: z.string().max(128).optional() })).max(256),
      baseStatistics: z.string().max(128).optional(),
      params,
      seed,
      allowQuantized: z.boolean().optional(),
      tokenizer: tokenizerPolicy.optional(),
      dropUnfit: z.boolean().optional(),
      chatTemplate: z.literal('most').optional(),
    }),
    z.object({
      op: z.literal('stack'),
      sources: z.array(expression).max(256),
      layers: z
        .array(
          z.object({ source: z.number().int().min(0).max(255), layer: z.number().int().min(0).max(999), scale: z.number().optional() }),
        )
        .max(512),
    }),
    z.object({
      op: z.literal('experts'),
      shared: expression,
      experts: z.array(expression).max(64),
      router: z.array(z.array(z.array(z.number()).max(65_536)).max(64)).max(512),
      used: z.number().int().min(1).max(64),
    }),
    z.object({
      op: z.literal('zip'),
      models: z.tuple([expression, expression]),
      groups: z.array(z.array(z.array(z.number().int().nonnegative()).max(65_536)).max(65_536)).max(512),
    }),
    z.object({
      op: z.literal('permute'),
      of: expression,
      to: expression.optional(),
      solver: z.enum(['assignment', 'transport', 'sinkhorn']),
      heads: z.boolean().optional(),
      residual: z.boolean().optional(),
      seed: seed.optional(),
    }),
  ]),
) as unknown as z.ZodType<WeightsExpression>

const recipeSchema = z.looseObject({
  expression,
  name: z.string().max(500),
  dtype: z.string().max(16),
  format: z.enum(['gguf', 'safetensors']).optional(),
  shardBytes: z.number().positive().optional(),
  importance: z.string().max(128).optional(),
})

const mostCharacters = 16 * 2 ** 20
const mostDepth = 64

/** Throws `recipe-unreadable` for a text that is no recipe, or one of a newer engine. */
export function parseRecipe(text: string): Recipe {
  if (text.length > mostCharacters) unreadable('it is too long')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    unreadable('it is not JSON')
  }
  if (depthOf(json) > mostDepth * 2) unreadable('it is nested too deeply')
  const parsed = recipeSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return unreadable(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not as it should be'}`)
  }
  const { expression: tree, name, dtype, format, shardBytes, importance } = parsed.data
  return {
    expression: tree,
    name,
    dtype,
    ...(format === undefined ? {} : { format }),
    ...(shardBytes === undefined ? {} : { shardBytes }),
    ...(importance === undefined ? {} : { importance }),
  }
}

/** Levels of nesting, without recursion: a hostile text may be nested beyond the stack. */
function depthOf(json: unknown): number {
  let level: unknown[] = [json]
  let depth = 0
  for (; level.length > 0 && depth <= mostDepth * 2; depth++)
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  return depth
}

export function unreadable(why: string): never {
  throw new TributaryError('recipe-unreadable', `The recipe of this model cannot be opened: ${why}.`, {
    hint: 'A newer version of the application may have written it.',
  })
}
