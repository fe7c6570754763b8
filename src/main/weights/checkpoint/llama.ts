import { z } from 'zod'
import { type DecoderFamily, type Heads, planDecoder } from './decoder'
import { llamaNames } from './llama-names'
import type { Checkpoint, ConversionPlan } from './plan'

/** Decoder models of the Llama family, Mistral's among them (Touvron et al. 2023, arXiv:2302.13971; Jiang et al. 2023, arXiv:2310.06825). */
const llama3Scaling = z.looseObject({
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.number().positive(),
})

export const llama: DecoderFamily = {
  architecture: 'llama',
  modelType: 'llama',
  className: 'LlamaForCausalLM',
  names: llamaNames,
  activations: ['silu'],
  rows: llamaRow,
  rope(config, scaling, headSize) {
    if ((scaling.rope_type ?? scaling.type) !== 'llama3') return undefined
    const numbers = llama3Factors(config.rope_theta ?? 10_000, headSize, llama3Scaling.parse(scaling))
    return { tensors: [{ name: 'rope_freqs.weight', shape: [numbers.length], type: 'F32', numbers }] }
  },
  config: ({ heads }, hasBias) => ({
    head_dim: heads.headSize,
    attention_bias: hasBias('self_attn.q_proj'),
    mlp_bias: hasBias('mlp.up_proj'),
  }),
}

export const planLlama = (checkpoint: Checkpoint): ConversionPlan => planDecoder(checkpoint, llama)

/** Which row of the checkpoint stands at each row of this tensor of the GGUF; undefined: the same. */
export function llamaRow(name: string, { heads, kvHeads, headSize }: Heads) {
  if (/^blk\.\d+\.attn_q\./.test(name)) return interleaved(heads, headSize)
  return /^blk\.\d+\.attn_k\./.test(name) ? interleaved(kvHeads, headSize) : undefined
}

/**
 * Hugging Face rotates the two halves of a head against each other, llama.cpp neighbouring pairs: row 2j + i of a head is row i · half + j of the
 * checkpoint. Applies to the rows of the query and key projections and their biases. The same function for the same numbers, so that what is
 * made by it can be kept.
 */
export function interleaved(heads: number, headSize: number): (row: number) => number {
  const key = `${heads}/${headSize}`
  const known = interleavings.get(key)
  if (known) return known
  const half = headSize / 2
  const row = (at: number): number => {
    const head = Math.floor(at / headSize)
    const within = at - head * headSize
    if (head >= heads) throw new RangeError(`row ${at} is beyond ${heads} heads of ${headSize}`)
    return head * headSize + (within % 2) * half + Math.floor(within / 2)
  }
  interleavings.set(key, row)
  return row
}

const interleavings = new Map<string, (row: number) => number>()

/** By how much each rotary frequency is slowed down (Llama 3.1): long waves by `factor`, short ones not at all, between them a smooth passage. */
export function llama3Factors(base: number, headSize: number, scaling: z.infer<typeof llama3Scaling>): Float32Array {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: context } = scaling
  return Float32Array.from({ length: headSize / 2 }, (_, index) => {
    const wavelength = 2 * Math.PI * base ** ((2 * index) / headSize)
    if (wavelength < context / high) return 1
    if (wavelength > context / low) return factor
    const smooth = (context / wavelength - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}
