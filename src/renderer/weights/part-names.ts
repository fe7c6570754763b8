/** What the tensors of a layer do, by the names that GGUF gives them. */
const names: { readonly [part: string]: string } = {
  attn_norm: 'norm before attention',
  attn_q: 'attention, queries',
  attn_k: 'attention, keys',
  attn_v: 'attention, values',
  attn_qkv: 'attention, queries, keys and values in one',
  attn_output: 'attention, what leaves it',
  attn_q_norm: 'norm of the queries',
  attn_k_norm: 'norm of the keys',
  attn_output_norm: 'norm after attention',
  post_attention_norm: 'norm after attention',
  ffn_norm: 'norm before feed-forward',
  ffn_gate: 'feed-forward, gate',
  ffn_up: 'feed-forward, into its units',
  ffn_down: 'feed-forward, out of its units',
  ffn_gate_inp: 'router of the experts',
  post_ffw_norm: 'norm after feed-forward',
  token_embd: 'embeddings of the tokens',
  position_embd: 'embeddings of the places',
  output_norm: 'last norm',
  output: 'head: scores of the next token',
}

/** `attn_q.weight` or `attn_q` → “attention, queries”; empty for parts that are not known. */
export function partText(part: string): string {
  const [, name = '', end = ''] = /^(.*?)(\.weight|\.bias)?$/.exec(part) ?? []
  const known = Object.hasOwn(names, name) ? names[name] : undefined
  return known === undefined ? '' : end === '.bias' ? `${known}, bias` : known
}
