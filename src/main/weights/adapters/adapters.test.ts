import { describe, expect, it } from 'vitest'
import { encodeHeader } from '../gguf/write/encode-header'
import { encodeSafetensors } from '../safetensors/write'
import { type Adapter, entriesOf } from './adapter'
import { readGgufAdapter, writeGgufAdapter } from './gguf-adapter'
import { readPeftAdapter, readPeftConfig, writePeftAdapter } from './peft-adapter'

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
    const read = readGgufAdapter(adapter([a, b]), 'a.gguf')
    expect([read.matrices.length, read.architecture]).toEqual([1, 'llama'])
    expect(entriesOf(read).map(({ quantity, shape, data }) => [quantity, shape, [...data]])).toEqual([
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
    expect(() => readGgufAdapter(bytes, 'a.gguf')).toThrow(words)
  })
})

const model = { architecture: 'llama', heads: 2, kvHeads: 1, headSize: 4 }
const config = { peft_type: 'LORA', r: 2, lora_alpha: 4 } as const
const numbers = (length: number, from = 0): Float32Array => Float32Array.from({ length }, (_, i) => from + i)
const several: Adapter = {
  architecture: 'llama',
  matrices: [
    { matrix: 'token_embd.weight', rank: 2, a: numbers(16), b: numbers(10, 50) },
    { matrix: 'blk.1.attn_q.weight', rank: 1, a: numbers(8), b: numbers(8, 100) },
    { matrix: 'blk.0.ffn_down.weight', rank: 3, a: numbers(18), b: numbers(24, 7) },
  ],
}
/** b·a of every matrix, by name: what an adapter means, whatever rank it is written with. */
const productsOf = ({ matrices }: Adapter): Record<string, number[]> =>
  Object.fromEntries(
    matrices.map(({ matrix, rank, a, b: left }) => {
      const [rows, columns] = [left.length / rank, a.length / rank]
      const product = Array.from({ length: rows * columns }, (_, at) => {
        let sum = 0
        for (let k = 0; k < rank; k++) sum += (left[Math.floor(at / columns) * rank + k] ?? 0) * (a[k * columns + (at % columns)] ?? 0)
        return sum
      })
      return [matrix, product]
    }),
  )

describe('an adapter that is written', () => {
  it('as GGUF reads back as the same change, ranks brought to one', () => {
    const back = readGgufAdapter(writeGgufAdapter(several, 'three'), 'b.gguf')
    expect(back.matrices.map(({ rank }) => rank)).toEqual([3, 3, 3])
    expect(productsOf(back)).toEqual(productsOf(several))
  })
  it('in PEFT’s layout reads back as the same change, through names, row order and config', () => {
    const files = writePeftAdapter(several, model, 'someone/base')
    const settings = readPeftConfig(files['adapter_config.json'], 'adapter_config.json')
    expect(settings).toMatchObject({ r: 3, lora_alpha: 3, rank_pattern: { 'model.layers.1.self_attn.q_proj': 1 } })
    expect(productsOf(readPeftAdapter(files['adapter_model.safetensors'], 'm', model, settings))).toEqual(productsOf(several))
  })
})

const peft = (a: readonly number[], rows: readonly number[], module = 'base_model.model.model.layers.0.self_attn.q_proj'): Uint8Array =>
  safetensors([
    { name: `${module}.lora_A.weight`, shape: [2, a.length / 2], values: a },
    { name: `${module}.lora_B.weight`, shape: [rows.length / 2, 2], values: rows },
  ])

describe('an adapter of PEFT', () => {
  const rows = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]
  it('has the rows of queries in pairs instead of halves, and alpha over rank worked in', () => {
    const [query] = readPeftAdapter(peft([1, 2, 3, 4], rows), 'm', model, config).matrices
    expect(query?.matrix).toBe('blk.0.attn_q.weight')
    expect([...(query?.b ?? [])].filter((_, i) => i % 2 === 0)).toEqual([0, 4, 2, 6, 8, 12, 10, 14])
  })
  it('of another architecture keeps its rows; rank-stabilised ones divide by the root; patterns go before', () => {
    const other = { ...model, architecture: 'qwen2' }
    const factor = (more: object): number | undefined =>
      readPeftAdapter(peft([1, 2, 3, 4], rows), 'm', other, { ...config, ...more }).matrices[0]?.b[2]
    expect(factor({})).toBe(2)
    expect(factor({ use_rslora: true })).toBeCloseTo(4 / Math.SQRT2, 6)
    expect(factor({ alpha_pattern: { q_proj: 10 } })).toBe(5)
    expect(readPeftAdapter(peft([1, 2, 3, 4], rows), 'm', other).matrices[0]?.b[2]).toBe(1)
  })
  it.each<[string, () => unknown, RegExp]>([
    ['a module of another family', () => readPeftAdapter(peft([1, 2], [1, 2], 'transformer.h.0.attn.c_attn'), 'm', model), /c_attn/],
    [
      'half of a pair',
      () => readPeftAdapter(safetensors([{ name: 'x.lora_A.weight', shape: [1, 1], values: [1] }]), 'm', model),
      /without a lora_B/,
    ],
    [
      'something else',
      () => readPeftAdapter(safetensors([{ name: 'x.weight', shape: [1], values: [1] }]), 'm', model),
      /no part of a LoRA/,
    ],
    ['DoRA', () => readPeftConfig(new TextEncoder().encode(JSON.stringify({ ...config, use_dora: true })), 'c'), /use_dora/],
    ['no JSON', () => readPeftConfig(new TextEncoder().encode('{'), 'c'), /not JSON/],
  ])('%s is refused', (_, act, words) => {
    expect(act).toThrow(words)
  })
})

function safetensors(arrays: readonly Given[]): Uint8Array {
  const file = encodeSafetensors(
    arrays.map(({ name, shape }) => ({ name, shape, type: 'F32' as const })),
    {},
  )
  const bytes = new Uint8Array(file.fileSize)
  bytes.set(file.bytes)
  for (const { name, values } of arrays) bytes.set(new Uint8Array(Float32Array.from(values).buffer), file.tensors.get(name)?.offset ?? 0)
  return bytes
}
