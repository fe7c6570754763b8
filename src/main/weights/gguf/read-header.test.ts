import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import { memoryBytes } from './bytes/byte-source'
import { checkModel } from './parser/check-model'
import { parseHeader } from './parser/parse-header'
import { readGgufHeader } from './read-header'
import { type GgufHeader, type GgufMetadata, type GgufValue, numberOf, textOf } from './types/header'
import { vocabularyFingerprint } from './vocabulary'
import { encodeHeader, type TensorPlan } from './write/encode-header'

const folder = mkdtempSync(join(tmpdir(), 'gguf-'))
afterAll(() => rmSync(folder, { recursive: true }))

const words = ['<pad>', '<s>', 'red', 'key', 'is', 'in', 'oslo', '.']
const metadata: [string, GgufValue][] = [
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['llama.block_count', { type: 'uint32', value: 1 }],
  ['llama.embedding_length', { type: 'uint32', value: 32 }],
  ['llama.context_length', { type: 'uint32', value: 64 }],
  ['llama.attention.head_count', { type: 'uint32', value: 4 }],
  ['llama.attention.head_count_kv', { type: 'uint32', value: 2 }],
  ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 0.00001 }],
  ['tokenizer.ggml.tokens', { type: 'array', items: 'string', value: words }],
  ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 1 }],
]
const plans: TensorPlan[] = [
  { name: 'token_embd.weight', shape: [32, 8], type: 'F16' },
  { name: 'blk.0.attn_norm.weight', shape: [32], type: 'F32' },
  { name: 'blk.0.ffn_up.weight', shape: [32, 64], type: 'Q8_0' },
]

function fileOf(changes: Record<string, GgufValue | null> = {}, tensors: readonly TensorPlan[] = plans): Uint8Array {
  const map = new Map(metadata)
  for (const [key, value] of Object.entries(changes)) value === null ? map.delete(key) : map.set(key, value)
  const encoded = encodeHeader(map, tensors)
  const file = new Uint8Array(encoded.fileSize)
  file.set(encoded.bytes)
  return file
}

const parse = (file: Uint8Array): GgufHeader => {
  const header = parseHeader(memoryBytes(file, 'a.gguf'))
  checkModel(header, 'a.gguf')
  return header
}

function failure(run: () => unknown): TributaryError {
  try {
    run()
  } catch (error) {
    if (error instanceof TributaryError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a whole file', () => {
  it('is read as it was written: metadata, shapes, types, absolute offsets', () => {
    const header = parse(fileOf())
    expect(textOf(header.metadata, 'general.architecture')).toBe('llama')
    expect(numberOf(header.metadata, 'llama.embedding_length')).toBe(32)
    expect(header.tensors.map(({ name, shape, type, byteLength }) => [name, shape, type, byteLength])).toEqual([
      ['token_embd.weight', [32, 8], 'F16', 512],
      ['blk.0.attn_norm.weight', [32], 'F32', 128],
      ['blk.0.ffn_up.weight', [32, 64], 'Q8_0', 2176],
    ])
    for (const { offset } of header.tensors) expect(offset % 32).toBe(0)
    expect(header.tensors[0]?.offset).toBe(header.dataOffset)
  })

  it('keeps every type of value', () => {
    const values: Record<string, GgufValue> = {
      'x.u8': { type: 'uint8', value: 255 },
      'x.i8': { type: 'int8', value: -128 },
      'x.u16': { type: 'uint16', value: 65535 },
      'x.i16': { type: 'int16', value: -2 },
      'x.i32': { type: 'int32', value: -3 },
      'x.u64': { type: 'uint64', value: 2n ** 63n },
      'x.i64': { type: 'int64', value: -5 },
      'x.f64': { type: 'float64', value: Math.PI },
      'x.yes': { type: 'bool', value: true },
      'x.text': { type: 'string', value: 'naïve \ufffd 漢' },
      'x.none': { type: 'array', items: 'float32', value: [] },
    }
    const header = parse(fileOf(values))
    for (const [key, value] of Object.entries(values)) expect(header.metadata.get(key)).toEqual(value)
  })

  it.each(readdirSync('resources/toys').filter((name) => name.endsWith('.gguf')))('%s is accepted', async (name) => {
    const header = await readGgufHeader(join('resources/toys', name))
    expect(header.tensors.length).toBeGreaterThan(10)
  })

  it('has a vocabulary fingerprint that equals where tokens and roles do, and differs otherwise', async () => {
    const print = async (name: string): Promise<string | undefined> =>
      vocabularyFingerprint((await readGgufHeader(`resources/toys/${name}.gguf`)).metadata)
    expect(await print('toy-draft')).toBe(await print('toy-math'))
    expect(await print('toy-other')).not.toBe(await print('toy-math'))
    const swapped: GgufMetadata = new Map([
      ...metadata,
      ['tokenizer.ggml.tokens', { type: 'array', items: 'string', value: [...words].reverse() }],
    ])
    const role: GgufMetadata = new Map([...metadata, ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }]])
    const prints = [new Map(metadata), swapped, role].map(vocabularyFingerprint)
    expect(new Set(prints).size).toBe(3)
    expect(vocabularyFingerprint(new Map())).toBeUndefined()
  })
})

describe('a file that is no GGUF', () => {
  it.each([
    ['an empty file', [], 'an empty file'],
    ['a zipped pickle', [0x50, 0x4b, 3, 4, 0, 0, 0, 0], 'Python pickle'],
    ['a bare pickle', [0x80, 2, 0x8a, 0x0a], 'Python pickle'],
    ['a big-endian GGUF', [0x46, 0x55, 0x47, 0x47, 0, 0, 0, 3], 'big-endian'],
    ['an old GGML file', [0x6c, 0x6d, 0x67, 0x67], 'before GGUF'],
    ['text', [0x68, 0x65, 0x6c, 0x6c, 0x6f], 'neither GGUF nor safetensors'],
  ])('%s is refused by its first bytes', async (_, bytes, said) => {
    const path = join(folder, 'model.gguf')
    writeFileSync(path, Uint8Array.from(bytes))
    await expect(readGgufHeader(path)).rejects.toMatchObject({ code: 'file-format', message: expect.stringContaining(said) })
  })

  it('an absent file and a folder are unreadable', async () => {
    await expect(readGgufHeader(join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'file-unreadable' })
    await expect(readGgufHeader(folder)).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

describe('a broken file is refused with the field that is wrong', () => {
  const text = (value: string): GgufValue => ({ type: 'string', value })
  const uint = (value: number): GgufValue => ({ type: 'uint32', value })
  const float = (value: number): GgufValue => ({ type: 'float32', value })

  it.each<[string, Record<string, GgufValue | null>, string]>([
    ['no architecture', { 'general.architecture': null }, 'general.architecture'],
    ['an architecture that is no name', { 'general.architecture': text('../x') }, 'general.architecture'],
    ['no blocks', { 'llama.block_count': uint(0) }, 'block_count'],
    ['too many blocks', { 'llama.block_count': uint(513) }, 'block_count'],
    ['a block count that is text', { 'llama.block_count': text('1') }, 'block_count'],
    ['more blocks than tensors', { 'llama.block_count': uint(2) }, 'block 1'],
    ['no width', { 'llama.embedding_length': null }, 'embedding_length'],
    ['another width', { 'llama.embedding_length': uint(64) }, 'token_embd.weight'],
    ['no heads', { 'llama.attention.head_count': uint(0) }, 'head_count'],
    ['key heads that do not divide', { 'llama.attention.head_count_kv': uint(3) }, 'head_count_kv'],
    ['a huge epsilon', { 'llama.attention.layer_norm_rms_epsilon': float(1) }, 'epsilon'],
    ['an epsilon that is no number', { 'llama.attention.layer_norm_rms_epsilon': float(Number.NaN) }, 'epsilon'],
    ['a rope base of 0', { 'llama.rope.freq_base': float(0) }, 'freq_base'],
    ['a context of 0', { 'llama.context_length': uint(0) }, 'context_length'],
    ['an end token outside', { 'tokenizer.ggml.eos_token_id': uint(8) }, 'eos_token_id'],
    ['scores of another length', { 'tokenizer.ggml.scores': { type: 'array', items: 'float32', value: [1] } }, 'scores'],
    ['an alignment that is text', { 'general.alignment': text('x') }, 'general.alignment'],
  ])('%s', (_, changes, field) => {
    expect(failure(() => parse(fileOf(changes)))).toMatchObject({
      code: 'model-corrupt',
      details: { field: expect.stringContaining(field) },
    })
  })

  it('tensors: twice the same name, none, outside the blocks', () => {
    const [embedding, norm, up] = plans as [TensorPlan, TensorPlan, TensorPlan]
    expect(failure(() => parse(fileOf({}, [embedding, norm, norm]))).message).toContain('occurs twice')
    expect(failure(() => parse(fileOf({}, []))).message).toContain('token_embd.weight is missing')
    expect(failure(() => parse(fileOf({}, [...plans, { ...up, name: 'blk.1.ffn_up.weight' }]))).message).toContain('outside')
  })

  it('a cut file names the tensor that does not fit, wherever it is cut', async () => {
    const path = join(folder, 'cut.gguf')
    const whole = fileOf()
    for (let size = whole.length - 1; size > 8; size -= 97) {
      writeFileSync(path, whole)
      truncateSync(path, size)
      await expect(readGgufHeader(path)).rejects.toMatchObject({ code: 'model-corrupt' })
    }
  })

  it('counts beyond the file are refused before memory is taken', () => {
    const file = fileOf()
    const view = new DataView(file.buffer)
    for (const at of [8, 16]) {
      const original = view.getBigUint64(at, true)
      for (const count of [1000n, 4096n, 65_536n, 2n ** 32n, 2n ** 63n]) {
        view.setBigUint64(at, count, true)
        expect(failure(() => parse(file)).code).toBe('model-corrupt')
      }
      view.setBigUint64(at, original, true)
    }
    expect(parse(file).tensors).toHaveLength(3)
  })
})

describe('fuzz', () => {
  it('20,000 mutated headers: each is read or refused by a TributaryError, in under 2 s and without a large allocation', () => {
    const whole = fileOf()
    const headerBytes = parse(whole).dataOffset
    const random = generator(20_261_123)
    const before = process.memoryUsage()
    const start = process.cpuUsage()
    let refused = 0
    for (let round = 0; round < 20_000; round++) {
      const file = mutate(whole, headerBytes, random)
      try {
        parse(file)
      } catch (error) {
        if (!(error instanceof TributaryError)) throw error
        refused++
      }
    }
    const after = process.memoryUsage()
    expect(refused).toBeGreaterThan(8000)
    expect(after.rss - before.rss).toBeLessThan(256 * 2 ** 20)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000)
    // the untouched file still reads: the mutations were of copies
    expect(createHash('sha256').update(whole).digest('hex')).toBe(createHash('sha256').update(fileOf()).digest('hex'))
  })
})

/** One to three edits in the header: a bit, a byte, an extreme 32- or 64-bit number, a cut, a swap of two stretches. */
function mutate(whole: Uint8Array, headerBytes: number, random: (below: number) => number): Uint8Array {
  let file = Uint8Array.from(whole)
  const view = new DataView(file.buffer)
  for (let edit = random(3); edit >= 0; edit--) {
    const at = random(headerBytes - 8)
    const kind = random(6)
    if (kind === 0) file[at] = (file[at] ?? 0) ^ (1 << random(8))
    else if (kind === 1) file[at] = random(256)
    else if (kind === 2) view.setUint32(at, [0, 1, 0x7fffffff, 0xffffffff, 0x10000][random(5)] ?? 0, true)
    else if (kind === 3) view.setBigUint64(at, [0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n][random(5)] ?? 0n, true)
    else if (kind === 4) file.copyWithin(at, random(headerBytes), headerBytes)
  }
  if (random(20) === 0) file = file.subarray(0, random(whole.length))
  return file
}

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

it('passes over long lists when told to, and still sees that one is cut off', () => {
  const tokens = { type: 'array', items: 'string', value: Array.from({ length: 5000 }, (_, id) => `w${id}`) } as const
  const scores = { type: 'array', items: 'float32', value: Array.from({ length: 5000 }, () => 0.5) } as const
  const file = fileOf({ 'tokenizer.ggml.tokens': tokens, 'tokenizer.ggml.scores': scores })
  const skimmed = parseHeader(memoryBytes(file, 'x'), true)
  expect(skimmed.metadata.get('tokenizer.ggml.tokens')?.value).toEqual(Array(5000).fill(''))
  expect(skimmed.metadata.get('tokenizer.ggml.scores')?.value).toHaveLength(5000)
  expect(skimmed.tensors).toEqual(parseHeader(memoryBytes(file, 'x')).tensors)
  expect(() => parseHeader(memoryBytes(file.slice(0, 9000), 'x'), true)).toThrow('beyond the end of the file')
})
