import { z } from 'zod'
import { type DecoderFamily, type OwnNumbers, planDecoder } from './decoder'
import { gelu, gemmaNames } from './gemma'
import { llamaLayers } from './llama-names'
import { type Checkpoint, type ConversionPlan, float32, uint32 } from './plan'

/** Norms before and after each half of a block. */
export const gemma2Layers: Readonly<Record<string, string>> = {
  ...llamaLayers,
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
}

const ownSchema = z.looseObject({
  attn_logit_softcapping: z.number().positive(),
  final_logit_softcapping: z.number().positive(),
  sliding_window: z.number().int().positive(),
})

/** Gemma 2 (Gemma Team 2024, arXiv:2408.00118): every other block sees a window only, and scores are bounded smoothly. */
export const gemma2: DecoderFamily = {
  architecture: 'gemma2',
  modelType: 'gemma2',
  className: 'Gemma2ForCausalLM',
  names: gemmaNames(gemma2Layers),
  activations: gelu,
  metadata(config) {
    requireKnownScale(config)
    const { attn_logit_softcapping: attention, final_logit_softcapping: last, sliding_window: window } = ownSchema.parse(config)
    return [
      ['attn_logit_softcapping', float32(attention)],
      ['final_logit_softcapping', float32(last)],
      ['attention.sliding_window', uint32(window)],
    ]
  },
  config: (own) => ({
    head_dim: own.heads.headSize,
    hidden_activation: gelu[0],
    attn_logit_softcapping: own.number('attn_logit_softcapping') ?? null,
    final_logit_softcapping: own.number('final_logit_softcapping') ?? null,
    sliding_window: own.number('attention.sliding_window') ?? 4096,
    query_pre_attn_scalar: scoreScale(own, 46),
  }),
}

export const planGemma2 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, gemma2)

const scale = z.looseObject({
  query_pre_attn_scalar: z.number().optional(),
  head_dim: z.number(),
  hidden_size: z.number(),
  num_attention_heads: z.number(),
})

/** The largest model of a family, which llama.cpp knows by its blocks, divides scores by the root of the width of a head's share. */
export const scoreScale = ({ number, heads }: OwnNumbers, largest: number): number =>
  number('block_count') === largest ? (number('embedding_length') ?? 0) / heads.heads : heads.headSize

/** llama.cpp divides scores by the root of a head's size, or of the width of a head's share in the largest models: it reads no other number. */
export function requireKnownScale(config: Checkpoint['config']): void {
  scale
    .refine(
      ({ query_pre_attn_scalar: given, head_dim: size, hidden_size: width, num_attention_heads: heads }) =>
        [undefined, size, width / heads].includes(given),
      {
        path: ['query_pre_attn_scalar'],
        message: 'llama.cpp does not read it, and this one is not what it takes',
      },
    )
    .parse(config)
}
