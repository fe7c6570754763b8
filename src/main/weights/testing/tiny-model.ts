import { writeFileSync } from 'node:fs'
import { encodeF16 } from '../convert/half'
import type { GgufMetadata, GgufTensor, GgufValue } from '../gguf/types/header'
import { encodeHeader, type TensorPlan } from '../gguf/write/encode-header'

const text = (value: string): GgufValue => ({ type: 'string', value })
const uint = (value: number): GgufValue => ({ type: 'uint32', value })

const metadata: GgufMetadata = new Map([
  ['general.architecture', text('llama')],
  ['general.name', text('tiny')],
  ['llama.block_count', uint(2)],
  ['llama.embedding_length', uint(32)],
  ['llama.context_length', uint(64)],
  ['llama.attention.head_count', uint(2)],
])

const plans: TensorPlan[] = [
  { name: 'token_embd.weight', shape: [32, 5000], type: 'F16' },
  { name: 'output_norm.weight', shape: [32], type: 'F32' },
  ...[0, 1].flatMap((block): TensorPlan[] => [
    { name: `blk.${block}.attn_norm.weight`, shape: [32], type: 'F32' },
    { name: `blk.${block}.ffn_up.weight`, shape: [32, 64], type: 'F16' },
  ]),
]

/** Writes a model of 165,000 seeded numbers: one tensor spans three blocks, the others are small. `nudge` moves every number a little, by its own seed. */
export function writeTinyModel(path: string, nudge: number): void {
  const encoded = encodeHeader(metadata, plans)
  const file = new Uint8Array(encoded.fileSize)
  file.set(encoded.bytes)
  const first = generator(1)
  const second = generator(nudge + 2)
  for (const tensor of encoded.tensors) {
    const values = Float32Array.from({ length: tensor.elements }, () => first() + (nudge === 0 ? 0 : 0.1 * second()))
    place(file, tensor, values)
  }
  writeFileSync(path, file)
}

function place(file: Uint8Array, { type, offset, byteLength, elements }: GgufTensor, values: Float32Array): void {
  const bytes = new Uint8Array(byteLength)
  if (type === 'F32') bytes.set(new Uint8Array(values.buffer))
  else encodeF16(values, new Uint16Array(bytes.buffer, 0, elements))
  file.set(bytes, offset)
}

/** Uniform in −1 … 1, from a seed. */
function generator(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}
