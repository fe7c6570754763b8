import { expect, it } from 'vitest'
import { plainCodec } from '../convert/codec'
import { readGgufHeader } from '../gguf/read-header'
import type { GgufValue } from '../gguf/types/header'
import { textOf } from '../gguf/types/header'
import { writeTensorFile } from '../testing/tensor-file'
import { merge, toy } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'

/** Models that differ in nothing but how they are told who speaks, and how they cut words. */
const made = (template: string | undefined, merges?: readonly string[]) =>
  writeTensorFile(
    [
      { name: 'token_embd.weight', shape: [4, 2], type: 'F32', values: [1, 2, 3, 4, 5, 6, 7, 8] },
      { name: 'blk.0.ffn_up.weight', shape: [4, 1], type: 'F32', values: [1, 2, 3, 4] },
    ],
    {
      ...(template === undefined ? {} : { 'tokenizer.chat_template': { type: 'string', value: template } satisfies GgufValue }),
      ...(merges ? { 'tokenizer.ggml.merges': { type: 'array', items: 'string', value: [...merges] } satisfies GgufValue } : {}),
    },
  )

async function written(files: Record<string, ReturnType<typeof made>>, models: readonly string[], chatTemplate?: 'most') {
  const path = files[models[0] ?? '']?.path.replace('made.gguf', 'out.gguf') ?? ''
  const { warnings } = await writeModel(
    path,
    {
      expression: { ...merge('linear', models.map(toy)), ...(chatTemplate ? { chatTemplate } : {}) } as never,
      name: 'x',
      dtype: 'keep',
      recipe: {},
    },
    { resolve: async ({ name }) => ({ path: files[name]?.path ?? '' }), codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
  )
  return { template: textOf((await readGgufHeader(path)).metadata, 'tokenizer.chat_template'), told: warnings.join('\n') }
}

it('a chat template is that of the first model, or the most common one; what is not taken over is told', async () => {
  const files = { plain: made(undefined), a: made('A'), b: made('B'), again: made('B') }
  try {
    expect(await written(files, ['a', 'b'])).toEqual({
      template: 'A',
      told: expect.stringContaining('b and a have different chat templates'),
    })
    expect(await written(files, ['plain', 'b'])).toEqual({
      template: undefined,
      told: expect.stringContaining('plain has no chat template'),
    })
    expect(await written(files, ['b', 'again', 'plain'])).toEqual({ template: 'B', told: '' })
    expect(await written(files, ['plain', 'a', 'b', 'again'], 'most')).toEqual({ template: 'B', told: '' })
    expect(await written(files, ['b', 'a'], 'most')).toEqual({ template: 'B', told: '' })
  } finally {
    for (const { remove } of Object.values(files)) remove()
  }
})

it('models that cut words otherwise are told', async () => {
  const files = { a: made('A', ['x y', 'xy z']), same: made('A', ['x y', 'xy z']), b: made('A', ['y z', 'x yz']) }
  try {
    expect((await written(files, ['a', 'same'])).told).toBe('')
    expect((await written(files, ['a', 'b'])).told).toContain('b cut words into tokens otherwise than a')
  } finally {
    for (const { remove } of Object.values(files)) remove()
  }
})
