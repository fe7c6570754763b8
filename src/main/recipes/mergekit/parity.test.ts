import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainCodec } from '../../weights/convert/codec'
import { inlinePool } from '../../weights/engine/pools'
import { openBytes } from '../../weights/gguf/bytes/file-bytes'
import { openSafetensors, readTensor } from '../../weights/safetensors/open'
import { encodeSafetensors } from '../../weights/safetensors/write'
import { writeModel } from '../../weights/write-model'
import { importMergekit } from './import'
import oracles from './oracles.json'

/**
 * What MergeKit 0.1.5 makes of the same configurations and models (`tools/mergekit-oracles.py`): its own files are read as checkpoints, its YAML is
 * imported, and the result is written as a checkpoint again. Every number within 1e-5.
 */
type Tensors = Readonly<Record<string, readonly number[]>>
const models = oracles.models as unknown as Readonly<Record<string, Tensors>>
const shapes = oracles.shapes as unknown as Readonly<Record<string, readonly number[]>>

const folder = mkdtempSync(join(tmpdir(), 'mergekit-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  for (const [name, tensors] of Object.entries(models)) {
    mkdirSync(join(folder, name))
    const file = encodeSafetensors(
      Object.entries(shapes).map(([tensor, shape]) => ({ name: tensor, shape, type: 'F32' })),
      { format: 'pt' },
    )
    const bytes = Buffer.alloc(file.fileSize)
    bytes.set(file.bytes)
    for (const [tensor, { offset }] of file.tensors) bytes.set(new Uint8Array(Float32Array.from(tensors[tensor] ?? []).buffer), offset)
    writeFileSync(join(folder, name, 'model.safetensors'), bytes)
    writeFileSync(join(folder, name, 'config.json'), JSON.stringify(oracles.config))
    writeFileSync(join(folder, name, 'tokenizer.json'), JSON.stringify(tokenizer))
  }
})

/** The numbers are what counts; a checkpoint has a vocabulary all the same. */
const tokenizer = {
  model: { type: 'BPE', vocab: Object.fromEntries(['<s>', '</s>', 'a', 'b', 'c', 'd'].map((token, id) => [token, id])), merges: [] },
  added_tokens: [],
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
}

async function tensorsOf(yaml: string, out: string): Promise<Tensors> {
  const { recipe } = importMergekit(yaml)
  const { path } = await writeModel(
    out,
    { ...recipe, recipe: {}, format: 'safetensors' },
    {
      resolve: async ({ name }) => ({ path: join(folder, name, 'model.safetensors') }),
      codec: plainCodec,
      pool: (plan) => inlinePool(plan, plainCodec),
    },
  )
  const file = openBytes(path)
  const found = openSafetensors(path).tensors.map(
    (tensor) => [tensor.name, [...new Float32Array(Uint8Array.from(readTensor(file, tensor)).buffer)]] as const,
  )
  file.close()
  return Object.fromEntries(found)
}

describe('the numbers of MergeKit', () => {
  it.each(oracles.results.map((result) => [result.name, result] as const))('%s', async (name, { config, tensors }) => {
    const ours = await tensorsOf(config, join(folder, `out-${name.replace(/\W+/g, '-')}`))
    const theirs = tensors as unknown as Tensors
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
    const distances = Object.entries(theirs).map(([tensor, values]) => ({
      tensor,
      distance: Math.max(...values.map((value, i) => Math.abs(value - (ours[tensor]?.[i] ?? Number.NaN)))),
    }))
    expect(distances.filter(({ distance }) => !(distance < 1e-5))).toEqual([])
  })
})
