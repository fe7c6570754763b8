import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plainCodec } from '../convert/codec'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import type { GgufMetadata, GgufTensor, GgufValue } from '../gguf/types/header'
import { writeGguf } from '../gguf/write/write-gguf'
import { merge, resolveToy, sha256Of, toy } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'
import { openSource } from './source'

const folder = mkdtempSync(join(tmpdir(), 'split-'))
afterAll(() => rmSync(folder, { recursive: true }))

const toyPath = 'resources/toys/toy-math.gguf'
const part = (name: string, number: number, count = 2): string =>
  join(folder, `${name}-${String(number).padStart(5, '0')}-of-${String(count).padStart(5, '0')}.gguf`)

/** A toy in two files, as llama.cpp's gguf-split leaves them: the numbers of the model in the first alone. */
async function split(name: string, shares: (tensors: readonly GgufTensor[]) => readonly (readonly GgufTensor[])[]): Promise<string> {
  const { metadata, tensors } = await readGgufHeader(toyPath)
  const file = openBytes(toyPath)
  const uint = (value: number): GgufValue => ({ type: 'uint16', value })
  for (const [index, share] of shares(tensors).entries()) {
    const own: GgufMetadata = new Map<string, GgufValue>([
      ...(index === 0 ? metadata : []),
      ['split.no', uint(index)],
      ['split.count', uint(2)],
    ])
    const written = share.map(({ name, shape, type, offset, byteLength }) => ({
      name,
      shape,
      type,
      bytes: () => [file.read(offset, byteLength)],
    }))
    await writeGguf(part(name, index + 1), { metadata: own, tensors: written }, { expect: 'any' })
  }
  file.close()
  return part(name, 1)
}
const halves = (tensors: readonly GgufTensor[]) => [tensors.slice(0, 7), tensors.slice(7)]

describe('a model in several GGUF files', () => {
  it('merges to the bytes that its one file merges to', async () => {
    const first = await split('toy-math', halves)
    const written = async (path: string, out: string): Promise<string> => {
      await writeModel(
        join(folder, out),
        {
          expression: merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') }),
          name: 'x',
          dtype: 'keep',
          recipe: {},
        },
        {
          resolve: async (ref) => (ref.name === 'toy-math' ? { path } : resolveToy(ref)),
          codec: plainCodec,
          pool: (plan) => inlinePool(plan, plainCodec),
        },
      )
      return sha256Of(join(folder, out))
    }
    expect(await written(first, 'parts.gguf')).toBe(await written(toyPath, 'whole.gguf'))
  })

  it.each<[string, () => Promise<string>, string, RegExp]>([
    [
      'a missing part',
      async () => {
        const first = await split('gone', halves)
        rmSync(part('gone', 2))
        return first
      },
      'model-missing',
      /gone-00002-of-00002\.gguf/,
    ],
    [
      'a tensor in two parts',
      () => split('twice', (tensors) => [tensors.slice(0, 7), tensors.slice(6)]),
      'model-corrupt',
      /stands in two of its parts/,
    ],
    ['parts that are no whole model', () => split('lame', (tensors) => [tensors.slice(0, 7), tensors.slice(-2)]), 'model-corrupt', /block/],
  ])('%s is refused', async (_, made, code, said) => {
    await expect(openSource(await made())).rejects.toMatchObject({ code, message: expect.stringMatching(said) })
  })
})
