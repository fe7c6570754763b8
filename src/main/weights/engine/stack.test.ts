import { describe, expect, it } from 'vitest'
import type { GgufMetadata, GgufValue } from '../gguf/types/header'
import { stackLayers } from './stack'

const metadata = (architecture: string): GgufMetadata =>
  new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: architecture }],
    [`${architecture}.embedding_length`, { type: 'uint32', value: 2 }],
    [`${architecture}.block_count`, { type: 'uint32', value: 1 }],
  ])

/** Factors by tensor of a one-layer model stacked with a scale. */
function factorsOf(architecture: string, names: readonly string[]): Record<string, number> {
  const tensors = names.map((name) => ({ name: `blk.0.${name}`, shape: [2, 2] }))
  const { from } = stackLayers(
    [{ node: 0, tensors, family: { name: architecture, metadata: metadata(architecture) } }],
    [{ source: 0, layer: 0, scale: 0.5 }],
  )
  return Object.fromEntries(names.map((name, index) => [name, from[index]?.factor ?? Number.NaN]))
}

describe('the scale of a layer', () => {
  it('is that of what it adds: the last matrix of attention and feed-forward, biases and experts too', () => {
    const names = [
      'attn_q.weight',
      'attn_output.weight',
      'attn_output.bias',
      'ffn_up.weight',
      'ffn_down_exps.weight',
      'ffn_down_shexp.weight',
    ]
    expect(factorsOf('llama', names)).toEqual({
      'attn_q.weight': 1,
      'attn_output.weight': 0.5,
      'attn_output.bias': 0.5,
      'ffn_up.weight': 1,
      'ffn_down_exps.weight': 0.5,
      'ffn_down_shexp.weight': 0.5,
    })
  })
  it('is that of the norms where they stand behind those matrices and would undo it', () => {
    expect(factorsOf('gemma3', ['attn_output.weight', 'post_attention_norm.weight', 'ffn_down.weight', 'post_ffw_norm.weight'])).toEqual({
      'attn_output.weight': 1,
      'post_attention_norm.weight': 0.5,
      'ffn_down.weight': 1,
      'post_ffw_norm.weight': 0.5,
    })
  })
})
