import { type DecoderFamily, planDecoder } from './decoder'
import { llamaLayers, namesOf } from './llama-names'
import type { Checkpoint, ConversionPlan } from './plan'
import { requireWholeContext } from './qwen2'

/** Qwen 3, dense (Yang et al. 2025, arXiv:2505.09388): queries and keys are normalised a head at a time. */
export const qwen3: DecoderFamily = {
  architecture: 'qwen3',
  modelType: 'qwen3',
  className: 'Qwen3ForCausalLM',
  names: namesOf({ ...llamaLayers, 'self_attn.q_norm': 'attn_q_norm', 'self_attn.k_norm': 'attn_k_norm' }),
  activations: ['silu'],
  metadata(config) {
    requireWholeContext(config)
    return []
  },
  config: ({ heads }, hasBias) => ({
    head_dim: heads.headSize,
    use_sliding_window: false,
    attention_bias: hasBias('self_attn.q_proj'),
  }),
}

export const planQwen3 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, qwen3)
