import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelRef } from '../../../shared/value'
import { plainCodec } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { openSource } from '../engine/source'
import { readGgufHeader } from '../gguf/read-header'
import { openSafetensors } from '../safetensors/open'
import { toyConfig, writeToyCheckpoint } from '../testing/toy-checkpoint'
import { merge, resolveToy, sha256Of, tensorOf, toy } from '../testing/toys'
import { type WriteRequest, type WrittenFile, writeModel } from '../write-model'

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'))
afterAll(() => rmSync(folder, { recursive: true }))
const checkpoints = new Map<string, string>()
beforeAll(async () => {
  checkpoints.set('hf-base', await writeToyCheckpoint(join(folder, 'hf-base'), 'toy-base'))
  checkpoints.set('hf-math', await writeToyCheckpoint(join(folder, 'hf-math'), 'toy-math', 3))
  checkpoints.set('hf-facts', await writeToyCheckpoint(join(folder, 'hf-facts'), 'toy-facts'))
})
const resolve = async (ref: ModelRef): Promise<{ path: string }> => {
  const path = checkpoints.get(ref.name)
  return path === undefined ? resolveToy(ref) : { path }
}

let count = 0
const write = (expression: WriteRequest['expression'], more: Partial<WriteRequest> = {}): Promise<WrittenFile> =>
  writeModel(
    join(folder, `out-${count++}`),
    { expression, name: 'merged', dtype: 'keep', recipe: {}, ...more },
    { resolve, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
  )

const sameTensors = async (left: string, right: string): Promise<void> => {
  const { tensors } = await readGgufHeader(left)
  expect((await readGgufHeader(right)).tensors.map(({ name }) => name).sort()).toEqual(tensors.map(({ name }) => name).sort())
  for (const { name } of tensors) expect([name, await tensorOf(right, name)]).toEqual([name, await tensorOf(left, name)])
}

describe('checkpoints as sources', () => {
  it.each([
    ['average', {}],
    ['slerp', {}],
    ['dare-linear', { base: true }],
    ['ties', { base: true }],
  ])('%s of checkpoints, one of them in shards, is that of the GGUFs bit for bit', async (method, { base }: { base?: boolean }) => {
    const params = { seed: 5 }
    const fromGguf = merge(method, [toy('toy-math'), toy('toy-facts')], { ...params, ...(base ? { base: toy('toy-base') } : {}) })
    // draws are keyed by what a model is, which here differs: the same ids make the draws comparable
    const as = (name: string, id: string) => ({ op: 'load', model: { backend: 'llama-cpp', id: `toy:${id}`, name } }) as const
    const fromCheckpoints = merge(method, [as('hf-math', 'toy-math'), as('hf-facts', 'toy-facts')], {
      ...params,
      ...(base ? { base: as('hf-base', 'toy-base') } : {}),
    })
    const [a, b] = [await write(fromGguf, { dtype: 'F32' }), await write(fromCheckpoints, { dtype: 'F32' })]
    await sameTensors(a.path, b.path)
  })

  it('a checkpoint and a GGUF meet in one merge', async () => {
    const mixed = await write(merge('average', [toy('toy-math'), toy('hf-facts')]))
    await sameTensors(mixed.path, (await write(merge('average', [toy('toy-math'), toy('toy-facts')]))).path)
  })

  it('rows that do not fit the heads are refused by the name of the tensor', async () => {
    const path = await writeToyCheckpoint(join(folder, 'hf-heads'), 'toy-base')
    writeFileSync(join(folder, 'hf-heads', 'config.json'), JSON.stringify({ ...toyConfig, num_attention_heads: 8 }))
    await expect(openSource(path)).rejects.toMatchObject({ code: 'model-corrupt', message: expect.stringContaining('attn_') })
  })
})

describe('a checkpoint as the result', () => {
  it('what is written as safetensors is, read again, what would be written as GGUF', async () => {
    const expression = merge('average', [toy('hf-math'), toy('hf-facts')])
    const written = await write(expression, { format: 'safetensors' })
    checkpoints.set('written', written.path)
    await sameTensors((await write(expression)).path, (await write(toy('written'))).path)
  })

  it('one checkpoint written as a checkpoint has the very tensors it had, and its own JSON files', async () => {
    const written = await write(toy('hf-base'), { format: 'safetensors' })
    const [before, after] = [openSafetensors(checkpoints.get('hf-base') ?? ''), openSafetensors(written.path)]
    const bytesOf = ({ tensors }: typeof before) =>
      new Map(
        tensors.map(({ name, path, offset, byteLength, shape, type }) => [
          name,
          [
            type,
            shape.join(),
            readFileSync(path)
              .subarray(offset, offset + byteLength)
              .toString('hex'),
          ],
        ]),
      )
    expect(bytesOf(after)).toEqual(bytesOf(before))
    const out = join(written.path, '..')
    for (const name of ['tokenizer.json', 'tokenizer_config.json'])
      expect(readFileSync(join(out, name))).toEqual(readFileSync(join(folder, 'hf-base', name)))
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))).toMatchObject(toyConfig)
    expect(JSON.parse(after.metadata['tributary.recipe'] ?? '')).toMatchObject({ format: 'safetensors', expression: { op: 'load' } })
  })

  it('a GGUF as a checkpoint and back is the GGUF: tensors, vocabulary, numbers', async () => {
    const written = await write(toy('toy-math'), { format: 'safetensors' })
    const source = await openSource(written.path)
    const header = await readGgufHeader('resources/toys/toy-math.gguf')
    for (const key of [
      'tokenizer.ggml.tokens',
      'tokenizer.ggml.token_type',
      'tokenizer.ggml.merges',
      'tokenizer.ggml.pre',
      'tokenizer.ggml.bos_token_id',
      'tokenizer.ggml.eos_token_id',
      'tokenizer.chat_template',
      'llama.attention.head_count_kv',
      'llama.attention.layer_norm_rms_epsilon',
      'llama.rope.freq_base',
    ])
      expect([key, source.metadata.get(key)?.value]).toEqual([key, header.metadata.get(key)?.value])
    checkpoints.set('back', written.path)
    await sameTensors('resources/toys/toy-math.gguf', (await write(toy('back'))).path)
  })

  it('shards hold what the limit allows and their index names them', async () => {
    const written = await write(toy('toy-math'), { format: 'safetensors', dtype: 'BF16', shardBytes: 400_000 })
    const out = join(written.path, '..')
    const shards = readdirSync(out).filter((name) => name.endsWith('.safetensors'))
    expect(shards.length).toBeGreaterThan(3)
    expect(shards[0]).toBe(`model-00001-of-0000${shards.length}.safetensors`)
    for (const shard of shards) expect(readFileSync(join(out, shard)).length).toBeLessThan(402_000)
    expect(openSafetensors(written.path).tensors.every(({ type }) => type === 'BF16')).toBe(true)
    expect(existsSync(`${out}.part`)).toBe(false)
  })

  it('equal requests give equal bytes, and coarse types are refused with nothing left', async () => {
    const [a, b] = [await write(toy('hf-math'), { format: 'safetensors' }), await write(toy('hf-math'), { format: 'safetensors' })]
    expect(sha256Of(a.path)).toBe(sha256Of(b.path))
    const before = readdirSync(folder).length
    await expect(write(toy('hf-math'), { format: 'safetensors', dtype: 'Q8_0' })).rejects.toMatchObject({ code: 'model-unsupported' })
    expect(readdirSync(folder)).toHaveLength(before)
  })
})
