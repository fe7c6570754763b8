import type { TensorNames } from './names'

/** Hugging Face's names of the Llama layout → GGUF's; other families add to `llamaLayers`. */
export const llamaLayers: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
}

export const namesOf = (layers: Readonly<Record<string, string>>, more: Partial<TensorNames> = {}): TensorNames => ({
  whole: { 'model.embed_tokens.weight': 'token_embd.weight', 'model.norm.weight': 'output_norm.weight', 'lm_head.weight': 'output.weight' },
  blockPrefix: 'model.layers.',
  perBlock: Object.fromEntries(
    Object.entries(layers).flatMap(([from, to]) => ['weight', 'bias'].map((part) => [`${from}.${part}`, `${to}.${part}`])),
  ),
  dropped: [/\.rotary_emb\.inv_freq$/],
  ...more,
})

export const llamaNames = namesOf(llamaLayers)
