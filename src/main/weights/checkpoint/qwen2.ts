import { z } from 'zod'
import { type DecoderFamily, planDecoder } from './decoder'
import { llamaNames } from './llama-names'
import type { Checkpoint, ConversionPlan } from './plan'

/** Qwen 2 and 2.5 (Yang et al. 2024, arXiv:2407.10671): queries, keys and values have biases; heads are rotated in halves, as in the checkpoint. */
const family: DecoderFamily = {
  architecture: 'qwen2',
  names: llamaNames,
  activations: ['silu'],
  metadata(config) {
    requireWholeContext(config)
    return []
  },
}

export const planQwen2 = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, family)

/** llama.cpp lets every token of these models see all that came before. */
export function requireWholeContext(config: Checkpoint['config']): void {
  z.looseObject({ use_sliding_window: z.literal(false, 'a sliding window is not known here').nullish() }).parse(config)
}
