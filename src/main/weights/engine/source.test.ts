import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plainCodec } from '../convert/codec'
import { type Shares, splitGguf } from '../testing/split-gguf'
import { merge, resolveToy, sha256Of, toy } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'
import { openSource } from './source'

const folder = mkdtempSync(join(tmpdir(), 'split-'))
afterAll(() => rmSync(folder, { recursive: true }))

const toyPath = 'resources/toys/toy-math.gguf'
const split = async (name: string, shares?: Shares): Promise<string> => (await splitGguf(toyPath, folder, name, shares))[0] as string

describe('a model in several GGUF files', () => {
  it('merges to the bytes that its one file merges to', async () => {
    const first = await split('toy-math')
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
        const first = await split('gone')
        rmSync(first.replace('-00001-', '-00002-'))
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
