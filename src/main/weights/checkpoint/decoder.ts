import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { JsonObject } from '../../../shared/json'
import type { GgufValue } from '../gguf/types/header'
import { planTensors, type TensorNames } from './names'
import { type Checkpoint, type ConversionPlan, float32, generalMetadata, type PlannedTensor, uint32 } from './plan'
import { vocabularyOf } from './vocabulary'

/** What all decoder models of the Llama layout say of themselves in config.json. */
const scalingSchema = z.looseObject({ rope_type: z.string().optional(), type: z.string().optional(), rope_theta: z.number().optional() })
const positive = z.number().int().positive()
const configSchema = z.object({
  hidden_size: positive,
  intermediate_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  num_key_value_heads: positive.optional(),
  head_dim: positive.nullish(),
  max_position_embeddings: positive,
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: scalingSchema.nullish(),
  rope_parameters: scalingSchema.nullish(),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  vocab_size: positive,
})
export type DecoderConfig = z.infer<typeof configSchema>
export type RopeScaling = z.infer<typeof scalingSchema>

export interface Heads {
  readonly heads: number
  readonly kvHeads: number
  readonly headSize: number
}

/** What rotary embeddings need besides their base. */
export interface Rope {
  readonly tensors?: readonly PlannedTensor[]
  readonly metadata?: readonly (readonly [key: string, value: GgufValue])[]
}

/** What a GGUF says of itself under its architecture's name. */
export interface OwnNumbers {
  readonly number: (key: string) => number | undefined
  readonly text: (key: string) => string | undefined
  readonly heads: Heads
}

/** One architecture of llama.cpp: how its checkpoints differ from the others. */
export interface DecoderFamily {
  /** as llama.cpp names it */
  readonly architecture: string
  /** as transformers names it */
  readonly modelType: string
  readonly className: string
  readonly names: TensorNames
  /** activations of the feed-forward layers that llama.cpp computes for this architecture */
  readonly activations: readonly string[]
  /** which row of the checkpoint stands at each row of this tensor of the GGUF; neutral: the same */
  rows?(name: string, heads: Heads): ((row: number) => number) | undefined
  /** Stretched contexts. Neutral: none is known. Throws `model-unsupported`. */
  rope?(config: DecoderConfig, scaling: RopeScaling, headSize: number): Rope | undefined
  /** keys of its own, named without the architecture */
  metadata?(config: Checkpoint['config']): readonly (readonly [key: string, value: GgufValue])[]
  /** the way back of `metadata` and `rope`: what its config.json says besides what all of them do; `hasBias`: whether there is a bias of this layer */
  config?(own: OwnNumbers, hasBias: (layer: string) => boolean): JsonObject
}

/** Throws `model-unsupported` for settings that would be left out quietly otherwise, and zod's error for a config that is not of this form. */
export function planDecoder(checkpoint: Checkpoint, family: DecoderFamily): ConversionPlan {
  const config = configSchema.parse(checkpoint.config)
  const { architecture } = family
  const activation = config.hidden_activation ?? config.hidden_act ?? family.activations[0]
  if (activation === undefined || !family.activations.includes(activation))
    throw unsupported(`${checkpoint.name} has the hidden_act "${activation}", which ${architecture} does not`)
  const heads = config.num_attention_heads
  const kvHeads = config.num_key_value_heads ?? heads
  const headSize = config.head_dim ?? config.hidden_size / heads
  const tensors = planTensors(checkpoint, family.names, (name) => family.rows?.(name, { heads, kvHeads, headSize }))
  const rope = ropeOf(config, family, headSize, checkpoint.name)
  const rows = checkpoint.tensors.get('model.embed_tokens.weight')?.shape[0] ?? config.vocab_size
  const own = (entries: readonly (readonly [string, GgufValue])[]): [string, GgufValue][] =>
    entries.map(([key, value]) => [`${architecture}.${key}`, value])
  return {
    tensors: [...(rope.tensors ?? []), ...tensors],
    metadata: new Map<string, GgufValue>([
      ...generalMetadata(checkpoint, architecture),
      ...own([
        ['block_count', uint32(config.num_hidden_layers)],
        ['context_length', uint32(config.max_position_embeddings)],
        ['embedding_length', uint32(config.hidden_size)],
        ['feed_forward_length', uint32(config.intermediate_size)],
        ['attention.head_count', uint32(heads)],
        ['attention.head_count_kv', uint32(kvHeads)],
        ['attention.key_length', uint32(headSize)],
        ['attention.value_length', uint32(headSize)],
        ['attention.layer_norm_rms_epsilon', float32(config.rms_norm_eps)],
        ['rope.dimension_count', uint32(headSize)],
        ['rope.freq_base', float32(rope.base)],
        ['vocab_size', uint32(rows)],
        ...(rope.metadata ?? []),
        ...(family.metadata?.(checkpoint.config) ?? []),
      ]),
      ...vocabularyOf(checkpoint, rows),
    ]),
  }
}

function ropeOf(config: DecoderConfig, family: DecoderFamily, headSize: number, name: string): Rope & { readonly base: number } {
  const scaling = config.rope_scaling ?? config.rope_parameters ?? {}
  const base = config.rope_theta ?? scaling.rope_theta ?? 10_000
  const kind = scaling.rope_type ?? scaling.type ?? 'default'
  if (kind === 'default') return { base }
  const known = family.rope?.({ ...config, rope_theta: base }, scaling, headSize)
  if (known === undefined) throw unsupported(`${name} stretches its context by "${kind}" rope scaling, which our converter does not know`)
  return { base, ...known }
}

const unsupported = (what: string): TributaryError =>
  new TributaryError('model-unsupported', `${what}.`, { hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.' })
