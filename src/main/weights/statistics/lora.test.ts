import { describe, expect, it } from 'vitest'
import { encodeHeader } from '../gguf/write/encode-header'
import { readAdapter } from './lora'

interface Given {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

function adapter(tensors: readonly Given[], type = 'lora'): Uint8Array {
  const metadata = new Map([
    ['general.type', { type: 'string', value: type === 'lora' ? 'adapter' : 'model' }],
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['adapter.type', { type: 'string', value: type }],
    ['adapter.lora.alpha', { type: 'float32', value: 4 }],
  ] as const)
  const encoded = encodeHeader(
    metadata,
    tensors.map(({ name, shape }) => ({ name, shape, type: 'F32' as const })),
  )
  const file = new Uint8Array(encoded.fileSize)
  file.set(encoded.bytes)
  for (const [index, { values }] of tensors.entries())
    file.set(new Uint8Array(Float32Array.from(values).buffer), encoded.tensors[index]?.offset ?? 0)
  return file
}
const matrix = 'blk.0.ffn_up.weight'
const a = { name: `${matrix}.lora_a`, shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }
const b = { name: `${matrix}.lora_b`, shape: [2, 2], values: [1, 0, 0, 1] }

describe('an adapter', () => {
  it('is read with alpha over rank worked in', () => {
    const { entries, matrices, architecture } = readAdapter(adapter([a, b]), 'a.gguf')
    expect([matrices, architecture]).toEqual([1, 'llama'])
    expect(entries.map(({ quantity, shape, data }) => [quantity, shape, [...data]])).toEqual([
      ['loraA', [2, 3], [1, 2, 3, 4, 5, 6]],
      ['loraB', [2, 2], [2, 0, 0, 2]],
    ])
  })
  it.each<[string, Uint8Array, RegExp]>([
    ['another kind of file', adapter([a, b], 'other'), /adapter\.type is "other"/],
    ['half of a pair', adapter([a]), /lora_a without a lora_b/],
    ['another rank', adapter([a, { ...b, shape: [1, 4] }]), /of its rank/],
    ['nothing', adapter([]), /holds no adapted matrix/],
    ['a number that is none', adapter([a, { ...b, values: [1, 0, 0, Number.NaN] }]), /not numbers/],
  ])('%s is refused', (_, bytes, words) => {
    expect(() => readAdapter(bytes, 'a.gguf')).toThrow(words)
  })
})
