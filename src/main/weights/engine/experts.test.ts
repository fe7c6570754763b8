import { describe, expect, it } from 'vitest'
import type { GgufMetadata, GgufValue } from '../gguf/types/header'
import { type ExpertSource, numbered, upcycle } from './experts'

const count = (value: number): GgufValue => ({ type: 'uint32', value })
const metadata: GgufMetadata = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['llama.embedding_length', count(2)],
  ['llama.block_count', count(1)],
])
const tensors = [
  { name: 'token_embd.weight', shape: [2, 5] },
  { name: 'blk.0.attn_q.weight', shape: [2, 2] },
  { name: 'blk.0.ffn_gate.weight', shape: [2, 3] },
  { name: 'blk.0.ffn_down.weight', shape: [3, 2] },
]
const source = (node: number, some = tensors): ExpertSource => ({ node, tensors: some, family: { name: `m${node}`, metadata } })
const router = [
  [
    [1, 2],
    [3, 4],
  ],
]

describe('dense models as a mixture of experts', () => {
  it('stacks feed-forward rows expert by expert, takes the rest from the shared model, and adds a router', () => {
    const made = upcycle(source(7), [source(8), source(9)], router, 1)
    expect(made.tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['token_embd.weight', [2, 5]],
      ['blk.0.attn_q.weight', [2, 2]],
      ['blk.0.ffn_gate_exps.weight', [2, 3, 2]],
      ['blk.0.ffn_down_exps.weight', [3, 2, 2]],
      ['blk.0.ffn_gate_inp.weight', [2, 2]],
    ])
    expect(made.experts.rows[0]).toEqual([8, 9].flatMap((node) => [0, 1, 2].map((row) => [{ node, tensor: 2, row }])))
    expect([...(made.router.places[0]?.numbers ?? [])]).toEqual([1, 2, 3, 4])
    expect(made.family.metadata.get('llama.expert_count')?.value).toBe(2)
    expect(made.family.metadata.get('llama.expert_used_count')?.value).toBe(1)
    expect(numbered(made.from, { experts: 10, router: 11 }).map(({ node, tensor }) => [node, tensor])).toEqual([
      [7, 0],
      [7, 1],
      [10, 0],
      [10, 1],
      [11, 0],
    ])
  })
  it('refuses what cannot be one', () => {
    expect(() => upcycle(source(7), [source(8)], router, 1)).toThrow(/2 to 64 experts, not 1/)
    expect(() => upcycle(source(7), [source(8), source(9)], router, 3)).toThrow(/1 to 2 experts a token, not 3/)
    expect(() => upcycle(source(7), [source(8), source(9)], [], 1)).toThrow(/router of 1 blocks with 2 rows of 2 numbers/)
    const narrow = tensors.map((tensor) => (tensor.name.includes('ffn_gate') ? { ...tensor, shape: [2, 4] } : tensor))
    expect(() => upcycle(source(7), [source(8), source(9, narrow)], router, 1)).toThrow(
      /m9 has no blk.0.ffn_gate.weight of the shape 2 × 3/,
    )
  })
})
