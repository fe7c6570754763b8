import type * as FileSystem from 'node:fs'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { WeightsExpression } from '../../shared/expression'
import { runExtractJob } from './adapters/extract'
import { plainCodec } from './convert/codec'
import { compileAny } from './engine/compile'
import { inlinePool } from './engine/pools'
import { type ByteSource, memoryBytes } from './gguf/bytes/byte-source'
import { parseHeader } from './gguf/parser/parse-header'
import type { GgufMetadata, GgufValue } from './gguf/types/header'
import { type TensorToWrite, writeGguf } from './gguf/write/write-gguf'
import { parseSafetensors } from './safetensors/header'
import { merge } from './testing/toys'
import { type WriteRequest, writeModel } from './write-model'

/** What a person or a hostile file can get wrong, each with the code of its card; nothing is left under the final name. */

const disk = vi.hoisted(() => ({ writesLeft: Number.POSITIVE_INFINITY, fullAtSync: false }))
vi.mock('node:fs', async (original) => {
  const real = await original<typeof FileSystem>()
  const writeSync = (...args: Parameters<typeof real.writeSync>): number => {
    if (disk.writesLeft-- <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    return real.writeSync(...args)
  }
  const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const told = (sync: typeof real.fsync) =>
    ((file: number, done: (error: Error | null) => void): void => {
      if (disk.fullAtSync) done(full())
      else sync(file, done)
    }) as typeof real.fsync
  const changed = { ...real, writeSync, fsync: told(real.fsync), fdatasync: told(real.fdatasync) }
  return { ...changed, default: changed }
})

const sources = mkdtempSync(join(tmpdir(), 'bad-sources-'))
let folder = ''
beforeEach(() => {
  disk.writesLeft = Number.POSITIVE_INFINITY
  disk.fullAtSync = false
  folder = mkdtempSync(join(tmpdir(), 'bad-'))
})
afterAll(() => rmSync(sources, { recursive: true }))

const text = (value: string): GgufValue => ({ type: 'string', value })
const uint = (value: number): GgufValue => ({ type: 'uint32', value })
const metadataOf = (more: readonly (readonly [string, GgufValue])[] = []): GgufMetadata =>
  new Map<string, GgufValue>([
    ['general.architecture', text('llama')],
    ['llama.block_count', uint(1)],
    ['llama.embedding_length', uint(32)],
    ['llama.attention.head_count', uint(2)],
    ...more,
  ])

const tensor = (name: string, shape: number[], value = 1): TensorToWrite => ({
  name,
  shape,
  type: 'F32',
  bytes: () => [new Uint8Array(new Float32Array(shape.reduce((a, b) => a * b)).fill(value).buffer)],
})
const plain = (): TensorToWrite[] => [
  tensor('token_embd.weight', [32, 64]),
  tensor('blk.0.attn_norm.weight', [32]),
  tensor('blk.0.ffn_up.weight', [32, 4096]),
]

const path = (name: string): string => join(sources, `${name}.gguf`)
const make = (name: string, tensors = plain(), metadata = metadataOf()) => writeGguf(path(name), { metadata, tensors })

const load = (name: string): WeightsExpression => ({ op: 'load', model: { backend: 'llama-cpp', id: name, name } })
const write = (expression: WeightsExpression, more: Partial<WriteRequest> = {}, signal?: AbortSignal) =>
  writeModel(
    join(folder, 'out'),
    { expression, name: 'x', dtype: 'keep', recipe: {}, ...more },
    {
      resolve: async ({ name }) => ({ path: path(name) }),
      codec: plainCodec,
      pool: (plan) => inlinePool(plan, plainCodec),
      jobBlocks: 1,
      ...(signal ? { signal } : {}),
    },
  )
const average = (...names: string[]): WeightsExpression => merge('average', names.map(load))

describe('models that do not fit each other', () => {
  const tokens = (list: string[]): readonly [string, GgufValue][] => [
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.tokens', { type: 'array', items: 'string', value: list }],
  ]
  it.each<[string, () => Promise<unknown>, string, string, string]>([
    [
      'another architecture',
      () =>
        make(
          'b',
          plain(),
          new Map(
            [...metadataOf()].map(([key, value]) =>
              key === 'general.architecture' ? [key, text('qwen2')] : [key.replace('llama', 'qwen2'), value],
            ),
          ),
        ),
      'weights-mismatch',
      'E_ARCH',
      'qwen2',
    ],
    [
      'other heads',
      () =>
        make(
          'b',
          plain(),
          metadataOf([
            ['llama.attention.head_count_kv', uint(1)],
            ['llama.rope.freq_base', { type: 'float32', value: 5e5 }],
          ]),
        ),
      'weights-mismatch',
      'E_ARCH',
      'rope.freq_base',
    ],
    [
      'a base of the rotation that one of them leaves out',
      () => make('b', plain(), metadataOf([['llama.rope.freq_base', { type: 'float32', value: 5e5 }]])),
      'weights-mismatch',
      'E_ARCH',
      'rope.freq_base: 10000 and 500000',
    ],
    [
      'another shape',
      () => make('b', [...plain().slice(0, 2), tensor('blk.0.ffn_up.weight', [32, 64])]),
      'weights-mismatch',
      'E_SHAPE',
      'blk.0.ffn_up.weight',
    ],
    ['a missing tensor', () => make('b', plain().slice(0, 2)), 'weights-mismatch', 'E_MISSING', 'blk.0.ffn_up.weight'],
    [
      'an extra tensor',
      () => make('b', [...plain(), tensor('blk.0.ffn_gate.weight', [32, 8])]),
      'weights-mismatch',
      'E_MISSING',
      'blk.0.ffn_gate.weight',
    ],
    ['another vocabulary', () => make('b', plain(), metadataOf(tokens(['a', 'c']))), 'vocabulary-mismatch', 'E_VOCAB', '"c"'],
  ])('%s', async (_, other, code, card, said) => {
    const isVocabulary = card === 'E_VOCAB'
    const isRope = said === 'rope.freq_base'
    await make(
      'a',
      plain(),
      metadataOf([
        ...(isVocabulary ? tokens(['a', 'b']) : []),
        ...(isRope ? [['llama.rope.freq_base', { type: 'float32', value: 1e4 }] as const] : []),
      ]),
    )
    await other()
    await expect(write(average('a', 'b'))).rejects.toMatchObject({ code, details: { card }, message: expect.stringContaining(said) })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('files that are not what they say', () => {
  it('one that was cut off is refused before anything is written', async () => {
    await make('a')
    await make('cut')
    truncateSync(path('cut'), 40_000)
    await expect(write(average('a', 'cut'))).rejects.toMatchObject({ code: 'model-corrupt' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('one that shrinks after its header was read ends the merge with its name', async () => {
    await make('a')
    await make('shrinking')
    const running = writeModel(
      join(folder, 'out'),
      { expression: average('a', 'shrinking'), name: 'x', dtype: 'keep', recipe: {} },
      {
        resolve: async ({ name }) => ({ path: path(name) }),
        codec: plainCodec,
        pool: (plan) => {
          truncateSync(path('shrinking'), 9000)
          return inlinePool(plan, plainCodec)
        },
      },
    )
    await expect(running).rejects.toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('shrinking') })
    expect(readdirSync(folder)).toEqual([])
  })

  it('a NaN is told by its tensor', async () => {
    await make('a')
    await make('nan', [...plain().slice(0, 2), tensor('blk.0.ffn_up.weight', [32, 4096], Number.NaN)])
    await expect(write(average('a', 'nan'))).rejects.toMatchObject({
      code: 'weights-not-finite',
      details: { card: 'E_NONFINITE' },
      message: expect.stringContaining('blk.0.ffn_up.weight'),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('a NaN is told by its tensor where something is made out of a whole matrix, too', async () => {
    await make('a')
    await make('nan', [...plain().slice(0, 2), tensor('blk.0.ffn_up.weight', [32, 4096], Number.NaN)])
    const told = expect.objectContaining({
      code: 'weights-not-finite',
      message: 'The tensor blk.0.ffn_up.weight holds values that are not numbers.',
    })
    const aligned = write({ op: 'permute', of: load('nan'), to: load('a'), solver: 'sinkhorn', residual: true })
    await expect(aligned).rejects.toEqual(told)
    const { plan } = await compileAny({ op: 'delta', tuned: load('nan'), base: load('a') }, async ({ name }) => ({ path: path(name) }))
    const job = { plan, rank: 2, energy: 1, outer: false, seed: 0, made: {} }
    expect(() => runExtractJob(job, plainCodec, () => undefined)).toThrow(told)
  })
})

describe('trouble midway leaves nothing', () => {
  it.each(['gguf', 'safetensors'] as const)('a disk that becomes full: %s', async (format) => {
    await make('a')
    await make('b')
    disk.writesLeft = 4
    const more = format === 'gguf' ? {} : { format }
    if (format === 'safetensors') await vocabularyFor('a', 'b')
    disk.writesLeft = 4
    await expect(write(average('a', 'b'), more)).rejects.toMatchObject({ code: 'disk-full' })
    disk.writesLeft = Number.POSITIVE_INFINITY
    expect(readdirSync(folder)).toEqual([])
  })

  it('a disk that tells only at the end that it is full', async () => {
    await make('a')
    await make('b')
    disk.fullAtSync = true
    await expect(write(average('a', 'b'))).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('out') })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['gguf', 'safetensors'] as const)('a stop: %s', async (format) => {
    await make('a')
    await make('b')
    if (format === 'safetensors') await vocabularyFor('a', 'b')
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('stopped')), 1)
    await expect(write(merge('ties', [load('a')], { base: load('b') }), format === 'gguf' ? {} : { format }, stop.signal)).rejects.toThrow(
      'stopped',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  /** A checkpoint needs a vocabulary. */
  async function vocabularyFor(...names: string[]): Promise<void> {
    disk.writesLeft = Number.POSITIVE_INFINITY
    const list = Array.from({ length: 64 }, (_, id) => `t${id}`)
    for (const name of names)
      await make(
        name,
        plain(),
        metadataOf([
          ['tokenizer.ggml.model', text('gpt2')],
          ['tokenizer.ggml.pre', text('gpt-2')],
          ['tokenizer.ggml.tokens', { type: 'array', items: 'string', value: list }],
        ]),
      )
  }
})

/** Remembers how much was asked for at once: no reader may take more memory than the file has bytes. */
function watched(bytes: Uint8Array, name: string): ByteSource & { most: () => number } {
  const inner = memoryBytes(bytes, name)
  let most = 0
  return {
    ...inner,
    read(offset, length) {
      most = Math.max(most, length)
      return inner.read(offset, length)
    },
    most: () => most,
  }
}

it.each<[string, () => Promise<Uint8Array>, (source: ByteSource) => unknown]>([
  ['GGUF', () => make('fuzz').then(() => readFileSync(path('fuzz'))), (source) => parseHeader(source)],
  [
    'safetensors',
    async () => {
      const json = Buffer.from(
        JSON.stringify({
          __metadata__: { format: 'pt' },
          a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
          b: { dtype: 'BF16', shape: [4], data_offsets: [16, 24] },
        }),
      )
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(json.length))
      return Buffer.concat([length, json, Buffer.alloc(24)])
    },
    (source) => parseSafetensors(source),
  ],
])(
  '%s: 10,000 mutated headers are read or refused, and none makes the reader ask for more bytes than the file has',
  async (_, file, parse) => {
    const whole = await file()
    let state = 99
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const head = Math.min(whole.length, 900)
    let refused = 0
    for (let round = 0; round < 10_000; round++) {
      const mutated = Uint8Array.from(whole.subarray(0, random(20) === 0 ? random(whole.length) : whole.length))
      for (let edit = random(4); edit >= 0; edit--) mutated[random(Math.min(head, mutated.length))] = random(3) ? random(256) : 255
      const source = watched(mutated, 'fuzz')
      try {
        parse(source)
      } catch (error) {
        if (!(error instanceof TributaryError)) throw error
        refused++
      }
      expect(source.most()).toBeLessThanOrEqual(mutated.length)
    }
    expect(refused).toBeGreaterThan(1000)
  },
)

it('a file that is neither is refused', async () => {
  writeFileSync(path('letter'), 'Dear reader, this is no model.')
  await expect(write(load('letter'))).rejects.toMatchObject({ code: 'file-format' })
})
