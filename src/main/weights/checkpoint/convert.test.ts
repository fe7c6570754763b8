import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../../shared/json'
import { sha256OfFile } from '../../models/library/files'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import { type GgufHeader, listOf, numberOf, textOf } from '../gguf/types/header'
import { vocabularyFingerprint } from '../gguf/vocabulary'
import { toyConfig, writeToyCheckpoint } from '../testing/toy-checkpoint'
import { convertCheckpoint } from './convert'
import { interleaved, llama3Factors } from './llama'
import { type CheckpointFiles, checkpointFiles } from './open'

const toy = 'resources/toys/toy-base.gguf'
let folder: string
let header: GgufHeader
let files: CheckpointFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-convert-'))
  header = await readGgufHeader(toy)
  files = checkpointFiles(await writeToyCheckpoint(folder, 'toy-base'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const convert = (name: string, changes: Partial<CheckpointFiles> = {}): Promise<GgufHeader> =>
  convertCheckpoint({
    files: { ...files, ...changes },
    target: join(folder, name),
    name: 'toy again',
    dtype: 'F16',
    sourceSha256: 'ab',
    signal: new AbortController().signal,
  })

test('a Llama checkpoint becomes the very tensors of the GGUF that it was made from', async () => {
  const converted = await convert('toy.gguf')
  expect(new Set(converted.tensors.map(({ name }) => name))).toEqual(new Set(header.tensors.map(({ name }) => name)))
  const [before, after] = [openBytes(toy), openBytes(join(folder, 'toy.gguf'))]
  for (const tensor of header.tensors) {
    const twin = converted.tensors.find(({ name }) => name === tensor.name)
    expect([tensor.name, twin?.shape, twin?.type]).toEqual([tensor.name, tensor.shape, tensor.type])
    expect(Buffer.compare(before.read(tensor.offset, tensor.byteLength), after.read(twin!.offset, twin!.byteLength))).toBe(0)
  }
  before.close()
  after.close()
})

test('vocabulary, numbers and chat template arrive whole', async () => {
  const { metadata } = await convert('words.gguf')
  for (const key of ['tokenizer.ggml.tokens', 'tokenizer.ggml.token_type', 'tokenizer.ggml.merges'])
    expect(listOf(metadata, key)).toEqual(listOf(header.metadata, key))
  for (const key of [
    'llama.attention.head_count_kv',
    'llama.rope.freq_base',
    'llama.context_length',
    'tokenizer.ggml.bos_token_id',
    'tokenizer.ggml.eos_token_id',
  ])
    expect([key, numberOf(metadata, key)]).toEqual([key, numberOf(header.metadata, key)])
  expect(textOf(metadata, 'tokenizer.ggml.pre')).toBe('gpt-2')
  expect(textOf(metadata, 'tokenizer.chat_template')).toBe(textOf(header.metadata, 'tokenizer.chat_template'))
  expect(vocabularyFingerprint(metadata)).toBe(vocabularyFingerprint(header.metadata))
})

test('equal checkpoints give equal bytes', async () => {
  await convert('one.gguf')
  await convert('two.gguf')
  expect(await sha256OfFile(join(folder, 'one.gguf'))).toBe(await sha256OfFile(join(folder, 'two.gguf')))
})

test.each<[string, Json, string]>([
  ['an unknown family', { ...toyConfig, model_type: 'mamba' }, 'mamba'],
  ['rope scaling that we do not know', { ...toyConfig, rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'yarn'],
  ['another activation', { ...toyConfig, hidden_act: 'relu' }, 'hidden_act'],
])('%s is refused with its name, and no file is left', async (_what, config, word) => {
  const path = join(folder, 'other.json')
  await writeFile(path, JSON.stringify(config))
  await expect(convert('never.gguf', { config: path })).rejects.toMatchObject({
    code: 'model-unsupported',
    message: expect.stringContaining(word),
  })
  await expect(readFile(join(folder, 'never.gguf'))).rejects.toThrow('ENOENT')
})

test('a vocabulary that is cut into words in an unknown way is refused, not guessed', async () => {
  const path = join(folder, 'tokenizer.json')
  const tokenizer = JSON.parse(await readFile('resources/toys/tokenizer.json', 'utf8')) as Record<string, Json>
  await writeFile(path, JSON.stringify({ ...tokenizer, pre_tokenizer: { type: 'Metaspace' } }))
  await expect(convert('never.gguf', { tokenizer: path })).rejects.toMatchObject({ code: 'model-unsupported' })
})

test('a tensor that the family does not have is named', async () => {
  const path = join(folder, 'extra.safetensors')
  const json = Buffer.from(JSON.stringify({ 'model.layers.0.self_attn.q_norm.weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(4)]))
  await expect(convert('never.gguf', { weights: path })).rejects.toMatchObject({ message: expect.stringContaining('q_norm') })
})

test('interleaving takes halves to pairs: a head of six rows by hand', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(interleaved(2, 6))).toEqual([0, 3, 1, 4, 2, 5, 6])
  expect(() => interleaved(1, 6)(6)).toThrow(RangeError)
})

test('llama 3 scaling: short waves keep their pace, long ones slow by the factor, the rest lies between', () => {
  const factors = llama3Factors(500000, 128, {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  })
  expect(factors).toHaveLength(64)
  expect(factors[0]).toBe(1)
  expect(factors[63]).toBe(8)
  expect([...factors]).toEqual([...factors].sort((a, b) => a - b))
  expect(factors.some((factor) => factor > 1 && factor < 8)).toBe(true)
})
