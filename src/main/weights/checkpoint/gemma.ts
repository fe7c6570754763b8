import { type DecoderFamily, planDecoder } from './decoder'
import { llamaLayers, namesOf } from './llama-names'
import type { TensorNames } from './names'
import type { Checkpoint, ConversionPlan } from './plan'

/**
 * Gemma (Gemma Team 2024, arXiv:2403.08295). All Gemmas multiply by one more than a norm's weight, which llama.cpp has in the weight itself, and use
 * the embedding as head: a copy of it in the checkpoint is left out.
 */
export const gemmaNames = (layers: Readonly<Record<string, string>>): TensorNames =>
  namesOf(layers, { dropped: [/\.rotary_emb\.inv_freq$/, /^lm_head\.weight$/], plusOne: /norm\.weight$/ })

export const gelu = ['gelu_pytorch_tanh', 'gelu'] as const

export const gemma: DecoderFamily = {
  architecture: 'gemma',
  modelType: 'gemma',
  className: 'GemmaForCausalLM',
  names: gemmaNames(llamaLayers),
  activations: gelu,
  config: ({ heads }) => ({ head_dim: heads.headSize, hidden_activation: gelu[0] }),
}

export const planGemma = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, gemma)
