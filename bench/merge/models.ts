import { closeSync, openSync, writeSync } from 'node:fs'
import type { GgufMetadata, GgufValue } from '../../src/main/weights/gguf/types/header'
import { encodeHeader, type TensorPlan } from '../../src/main/weights/gguf/write/encode-header'

const text = (value: string): GgufValue => ({ type: 'string', value })
const uint = (value: number): GgufValue => ({ type: 'uint32', value })

const width = 1024

/** `large` has the shape of a 0.37 B llama (747 MB); `small` has its widths and an eighth of its bytes, to see a change of a loop quickly. */
export type BenchSize = 'large' | 'small'
const sizes = { large: { blocks: 24, words: 32_000 }, small: { blocks: 2, words: 8000 } } as const

const metadataOf = (blocks: number): GgufMetadata =>
  new Map([
    ['general.architecture', text('llama')],
    ['llama.block_count', uint(blocks)],
    ['llama.embedding_length', uint(width)],
    ['llama.feed_forward_length', uint(2816)],
    ['llama.context_length', uint(2048)],
    ['llama.attention.head_count', uint(16)],
  ])

const matrix = (name: string, inputs: number, outputs: number): TensorPlan => ({ name, shape: [inputs, outputs], type: 'BF16' })
const vector = (name: string): TensorPlan => ({ name, shape: [width], type: 'F32' })

const plansOf = ({ blocks, words }: (typeof sizes)[BenchSize]): TensorPlan[] => [
  matrix('token_embd.weight', width, words),
  vector('output_norm.weight'),
  matrix('output.weight', width, words),
  ...Array.from({ length: blocks }, (_, block) => [
    vector(`blk.${block}.attn_norm.weight`),
    vector(`blk.${block}.ffn_norm.weight`),
    ...['q', 'k', 'v', 'output'].map((name) => matrix(`blk.${block}.attn_${name}.weight`, width, width)),
    matrix(`blk.${block}.ffn_gate.weight`, width, 2816),
    matrix(`blk.${block}.ffn_up.weight`, width, 2816),
    matrix(`blk.${block}.ffn_down.weight`, 2816, width),
  ]).flat(),
]

/** Writes a BF16 model with seeded numbers: a common base, and a small change of its own for each seed above 0. */
export function writeBenchModel(path: string, seed: number, size: BenchSize): void {
  const { bytes, tensors } = encodeHeader(metadataOf(sizes[size].blocks), plansOf(sizes[size]))
  const file = openSync(path, 'w')
  writeSync(file, bytes, 0, bytes.length, 0)
  for (const [index, tensor] of tensors.entries()) {
    const base = generator(index + 1)
    const own = generator((index + 1) * 1000 + seed)
    const words = tensor.type === 'BF16' ? new Uint16Array(tensor.elements) : undefined
    const floats = new Float32Array(tensor.elements)
    for (let i = 0; i < floats.length; i++) floats[i] = base() + (seed === 0 ? 0 : 0.05 * own())
    if (words) {
      const bits = new Uint32Array(floats.buffer)
      for (let i = 0; i < words.length; i++) words[i] = (bits[i] as number) >>> 16
    }
    const data = new Uint8Array((words ?? floats).buffer)
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at, data.length - at, tensor.offset + at)
  }
  closeSync(file)
}

function generator(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 2 ** 31 - 1) * 0.04
  }
}
