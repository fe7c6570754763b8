import { type DecoderFamily, planDecoder } from './decoder'
import { llamaLayers, namesOf } from './llama-names'
import type { Checkpoint, ConversionPlan } from './plan'
import { requireWholeContext } from './qwen2'

/** Qwen 3, dense (Yang et al. 2025, arXiv:2505.09388): queries and keys are normalised a head at a time. */
const family: DecoderFamily = {
  architecture: 'qwen3',
  names: namesOf({ ...llamaLayers, 'self_attn.q_norm': 'attn_q_norm', 'self_attn.k_norm': 'attn_k_norm' }),
  activations: ['silu'],
  metadata(config) {
    requireWholeContext(config)
    return []
  },
}

export const planQwen3 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, family)
