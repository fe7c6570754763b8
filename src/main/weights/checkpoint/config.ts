import { TributaryError } from '../../../shared/errors'
import type { JsonObject } from '../../../shared/json'
import { type GgufMetadata, numberOf, textOf } from '../gguf/types/header'
import type { DecoderFamily, Heads, OwnNumbers } from './decoder'

/**
 * config.json of a decoder, from the metadata of its GGUF: the way back of `planDecoder`. `names`: its tensors, as the checkpoint calls them.
 * Throws `model-unsupported` for what a config of this family could not say.
 */
export function configOf(metadata: GgufMetadata, family: DecoderFamily, names: ReadonlySet<string>): JsonObject {
  const own = ownNumbers(metadata, family)
  const number = (key: string): number => own.number(key) ?? 0
  const token = (role: string): number | null => numberOf(metadata, `tokenizer.ggml.${role}_token_id`) ?? null
  const hasBias = (layer: string): boolean => [...names].some((name) => name.endsWith(`${layer}.bias`))
  const more = family.config?.(own, hasBias) ?? {}
  const scaling = own.text('rope.scaling.type') ?? 'none'
  if (scaling !== 'none' && !('rope_scaling' in more)) throw unsupported(`The context is stretched by "${scaling}" rope scaling`)
  if (number('attention.value_length') > 0 && number('attention.value_length') !== own.heads.headSize)
    throw unsupported('Values and keys have heads of different sizes')
  return {
    architectures: [family.className],
    model_type: family.modelType,
    hidden_size: number('embedding_length'),
    intermediate_size: number('feed_forward_length'),
    num_attention_heads: own.heads.heads,
    num_key_value_heads: own.heads.kvHeads,
    max_position_embeddings: number('context_length'),
    rms_norm_eps: number('attention.layer_norm_rms_epsilon'),
    rope_theta: own.number('rope.freq_base') ?? 10_000,
    hidden_act: family.activations[0] ?? null,
    bos_token_id: token('bos'),
    eos_token_id: token('eos'),
    pad_token_id: token('padding'),
    ...more,
  }
}

/** What a GGUF says under its architecture's name, and its heads. Throws `model-unsupported` where blocks have different ones. */
export function ownNumbers(metadata: GgufMetadata, { architecture }: DecoderFamily): OwnNumbers {
  const number = (key: string): number | undefined => {
    const value = numberOf(metadata, `${architecture}.${key}`)
    return value === undefined ? undefined : shortest(value)
  }
  const heads = number('attention.head_count')
  const width = number('embedding_length')
  if (heads === undefined || width === undefined) throw unsupported('The model does not say how many heads all its blocks have')
  const found: Heads = {
    heads,
    kvHeads: number('attention.head_count_kv') ?? heads,
    headSize: number('attention.key_length') ?? number('rope.dimension_count') ?? width / heads,
  }
  return { number, text: (key) => textOf(metadata, `${architecture}.${key}`), heads: found }
}

/** The decimal number that a float32 stands for: 1e-5 rather than 0.00000999999974. */
const shortest = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(7)))

export const unsupported = (what: string): TributaryError =>
  new TributaryError('model-unsupported', `${what}.`, { hint: 'Write a GGUF instead.' })
