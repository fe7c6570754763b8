import { z } from 'zod'
import type { GgufValue } from '../gguf/types/header'
import { type DecoderFamily, planDecoder } from './decoder'
import { gelu, gemmaNames } from './gemma'
import { gemma2Layers, requireKnownScale, scoreScale } from './gemma2'
import { type Checkpoint, type ConversionPlan, float32, text, uint32 } from './plan'

const ownSchema = z.looseObject({
  sliding_window: z.number().int().positive(),
  sliding_window_pattern: z.literal(6, 'llama.cpp has five windowed blocks to each whole one').nullish(),
  final_logit_softcapping: z.number().positive().nullish(),
  rope_local_base_freq: z.literal(10_000, 'llama.cpp rotates windowed blocks by 10000').nullish(),
})
const linear = z.looseObject({ factor: z.number().positive() })

/** Gemma 3, text only (Gemma Team 2025, arXiv:2503.19786): five windowed blocks to each whole one, queries and keys normalised a head at a time. */
export const gemma3: DecoderFamily = {
  architecture: 'gemma3',
  modelType: 'gemma3_text',
  className: 'Gemma3ForCausalLM',
  names: gemmaNames({ ...gemma2Layers, 'self_attn.q_norm': 'attn_q_norm', 'self_attn.k_norm': 'attn_k_norm' }),
  activations: gelu,
  rope(_config, scaling) {
    if ((scaling.rope_type ?? scaling.type) !== 'linear') return undefined
    return {
      metadata: [
        ['rope.scaling.type', text('linear')],
        ['rope.scaling.factor', float32(linear.parse(scaling).factor)],
      ],
    }
  },
  metadata(config) {
    requireKnownScale(config)
    const { sliding_window: window, final_logit_softcapping: last } = ownSchema.parse(config)
    const entries: [string, GgufValue][] = [['attention.sliding_window', uint32(window)]]
    if (typeof last === 'number') entries.push(['final_logit_softcapping', float32(last)])
    return entries
  },
  config(own) {
    const factor = own.text('rope.scaling.type') === 'linear' ? own.number('rope.scaling.factor') : undefined
    return {
      head_dim: own.heads.headSize,
      hidden_activation: gelu[0],
      sliding_window: own.number('attention.sliding_window') ?? 512,
      sliding_window_pattern: 6,
      rope_local_base_freq: 10_000,
      ...(factor === undefined ? {} : { rope_scaling: { rope_type: 'linear', factor } }),
      attn_logit_softcapping: null,
      final_logit_softcapping: own.number('final_logit_softcapping') ?? null,
      query_pre_attn_scalar: scoreScale(own, 62),
    }
  },
}

export const planGemma3 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(flattened(checkpoint), gemma3)

/** Newer configs keep the two rotations side by side: the one of whole blocks is what the others call theirs. */
function flattened(checkpoint: Checkpoint): Checkpoint {
  const nested = z.looseObject({ rope_parameters: z.looseObject({ full_attention: z.json() }) }).safeParse(checkpoint.config)
  return nested.success
    ? { ...checkpoint, config: { ...nested.data, rope_parameters: nested.data.rope_parameters.full_attention } as Checkpoint['config'] }
    : checkpoint
}
