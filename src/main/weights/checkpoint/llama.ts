import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { GgufValue } from '../gguf/types/header'
import { bpeVocabulary } from './bpe'
import { llamaNames } from './llama-names'
import { planTensors } from './names'
import { type Checkpoint, type ConversionPlan, float32, generalMetadata, type PlannedTensor, uint32 } from './plan'

/** Decoder models of the Llama family (Touvron et al. 2023, arXiv:2302.13971): LlamaForCausalLM with a byte-level BPE vocabulary, such as SmolLM2. */
const llama3Scaling = z.looseObject({
  factor: z.number().positive(),
  low_freq_factor: z.number().positive(),
  high_freq_factor: z.number().positive(),
  original_max_position_embeddings: z.number().positive(),
})
const scalingSchema = z.looseObject({ rope_type: z.string().optional(), type: z.string().optional(), rope_theta: z.number().optional() })

const configSchema = z.object({
  model_type: z.enum(['llama', 'mistral']),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive().optional(),
  head_dim: z.number().int().positive().nullish(),
  max_position_embeddings: z.number().int().positive(),
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().optional(),
  rope_scaling: scalingSchema.nullish(),
  rope_parameters: scalingSchema.nullish(),
  hidden_act: z.literal('silu'),
  vocab_size: z.number().int().positive(),
})
type Config = z.infer<typeof configSchema>

export function planLlama(checkpoint: Checkpoint): ConversionPlan {
  const config = configSchema.parse(checkpoint.config)
  const heads = config.num_attention_heads
  const kvHeads = config.num_key_value_heads ?? heads
  const headSize = config.head_dim ?? config.hidden_size / heads
  const tensors = planTensors(checkpoint, llamaNames, (name) => llamaRow(name, { heads, kvHeads, headSize }))
  const rope = ropeOf(config, headSize, checkpoint.name)
  const rows = checkpoint.tensors.get('model.embed_tokens.weight')?.shape[0] ?? config.vocab_size
  return {
    tensors: [...rope.tensors, ...tensors],
    metadata: new Map<string, GgufValue>([
      ...generalMetadata(checkpoint, 'llama'),
      ['llama.block_count', uint32(config.num_hidden_layers)],
      ['llama.context_length', uint32(config.max_position_embeddings)],
      ['llama.embedding_length', uint32(config.hidden_size)],
      ['llama.feed_forward_length', uint32(config.intermediate_size)],
      ['llama.attention.head_count', uint32(heads)],
      ['llama.attention.head_count_kv', uint32(kvHeads)],
      ['llama.attention.key_length', uint32(headSize)],
      ['llama.attention.value_length', uint32(headSize)],
      ['llama.attention.layer_norm_rms_epsilon', float32(config.rms_norm_eps)],
      ['llama.rope.dimension_count', uint32(headSize)],
      ['llama.rope.freq_base', float32(rope.base)],
      ['llama.vocab_size', uint32(rows)],
      ...bpeVocabulary(checkpoint, rows),
    ]),
  }
}

/** Which row of the checkpoint stands at each row of this tensor of the GGUF; undefined: the same. */
export function llamaRow(name: string, { heads, kvHeads, headSize }: { heads: number; kvHeads: number; headSize: number }) {
  if (/^blk\.\d+\.attn_q\./.test(name)) return interleaved(heads, headSize)
  return /^blk\.\d+\.attn_k\./.test(name) ? interleaved(kvHeads, headSize) : undefined
}

/**
 * Hugging Face rotates the two halves of a head against each other, llama.cpp neighbouring pairs: row 2j + i of a head is row i · half + j of the
 * checkpoint. Applies to the rows of the query and key projections and their biases.
 */
export function interleaved(heads: number, headSize: number): (row: number) => number {
  const half = headSize / 2
  return (row) => {
    const head = Math.floor(row / headSize)
    const within = row - head * headSize
    if (head >= heads) throw new RangeError(`row ${row} is beyond ${heads} heads of ${headSize}`)
    return head * headSize + (within % 2) * half + Math.floor(within / 2)
  }
}

function ropeOf(config: Config, headSize: number, name: string): { base: number; tensors: PlannedTensor[] } {
  const scaling = config.rope_scaling ?? config.rope_parameters
  const base = config.rope_theta ?? scaling?.rope_theta ?? 10_000
  const kind = scaling?.rope_type ?? scaling?.type ?? 'default'
  if (kind === 'default') return { base, tensors: [] }
  if (kind !== 'llama3')
    throw new TributaryError(
      'model-unsupported',
      `${name} stretches its context by "${kind}" rope scaling, which our converter does not know.`,
      {
        hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.',
      },
    )
  const numbers = llama3Factors(base, headSize, llama3Scaling.parse(scaling))
  return { base, tensors: [{ name: 'rope_freqs.weight', shape: [numbers.length], type: 'F32', numbers }] }
}

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
