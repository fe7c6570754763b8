import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeSafetensors } from '../../weights/safetensors/write'
import oracles from './oracles.json'
import { distanceOf, mergeCheckpoints, type Tensors, tokenizerOf } from './testing/merge-checkpoints'

/**
 * What MergeKit 0.1.5 makes of the same configurations and models (`tools/mergekit-oracles.py`): its own files are read as checkpoints, its YAML is
 * imported, and the result is written as a checkpoint again. Every number within 1e-5.
 */
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
    writeFileSync(join(folder, name, 'tokenizer.json'), JSON.stringify(tokenizerOf(['<s>', '</s>', 'a', 'b', 'c', 'd'])))
  }
})

describe('the numbers of MergeKit', () => {
  it.each(oracles.results.map((result) => [result.name, result] as const))('%s', async (name, { config, tensors }) => {
    const ours = await mergeCheckpoints(config, folder, join(folder, `out-${name.replace(/\W+/g, '-')}`))
    expect(distanceOf(ours, tensors as unknown as Tensors).distance).toBeLessThan(1e-5)
  })
})
