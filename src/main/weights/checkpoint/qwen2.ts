import { z } from 'zod'
import { type DecoderFamily, planDecoder } from './decoder'
import { llamaNames } from './llama-names'
import type { Checkpoint, ConversionPlan } from './plan'

/** Qwen 2 and 2.5 (Yang et al. 2024, arXiv:2407.10671): queries, keys and values have biases; heads are rotated in halves, as in the checkpoint. */
export const qwen2: DecoderFamily = {
  architecture: 'qwen2',
  modelType: 'qwen2',
  className: 'Qwen2ForCausalLM',
  names: llamaNames,
  activations: ['silu'],
  metadata(config) {
    requireWholeContext(config)
    return []
  },
  config: ({ heads }) => ({ head_dim: heads.headSize, use_sliding_window: false }),
}

export const planQwen2 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, qwen2)

/** llama.cpp lets every token of these models see all that came before. */
export function requireWholeContext(config: Checkpoint['config']): void {
  z.looseObject({ use_sliding_window: z.literal(false, 'a sliding window is not known here').nullish() }).parse(config)
}
