import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WeightsExpression } from '../../shared/expression'
import { plainCodec } from './convert/codec'
import { inlinePool } from './engine/pools'
import type { Asked, Matrix } from './testing/fixture'
import { writeTensorFile } from './testing/tensor-file'
import { tensorOf, toy } from './testing/toys'
import { workedNumbers } from './testing/worked-numbers'
import { writeModel } from './write-model'

/** A model file of one matrix, beside an embedding that is 1 everywhere. */
const fileOf = (rows: Matrix) => {
  const width = rows[0]?.length ?? 1
  return writeTensorFile(
    [
      { name: 'token_embd.weight', shape: [width, 2], type: 'F32', values: Array.from({ length: 2 * width }, () => 1) },
      { name: 'blk.0.ffn_up.weight', shape: [width, rows.length], type: 'F32', values: rows.flat() },
    ],
    { 'llama.embedding_length': { type: 'uint32', value: width } },
  )
}

async function onDisk(method: string, models: readonly Matrix[], asked: Asked, dtype: string): Promise<number[]> {
  const files = [...models, ...(asked.base ? [asked.base as Matrix] : [])].map(fileOf)
  const expression: WeightsExpression = {
    op: 'merge',
    method,
    ...(asked.base ? { base: toy(String(models.length)) } : {}),
    models: models.map((_, index) => ({ weights: toy(String(index)), params: asked.each?.[index] ?? {} })),
    params: asked.params ?? {},
    seed: asked.seed ?? 0,
  }
  const out = files[0]?.path.replace('made.gguf', 'out.gguf') ?? ''
  try {
    await writeModel(
      out,
      { expression, name: 'x', dtype, recipe: {} },
      {
        resolve: async ({ name }) => ({ path: files[Number(name)]?.path ?? '' }),
        codec: plainCodec,
        pool: (plan) => inlinePool(plan, plainCodec),
      },
    )
    return [...(await tensorOf(out, 'blk.0.ffn_up.weight'))]
  } finally {
    rmSync(join(out, '..'), { recursive: true })
    for (const { remove } of files.slice(1)) remove()
  }
}

it.each(workedNumbers)('%s, %s: the worked numbers out of files, in F32 and in F16', async (method, _, models, asked, expected) => {
  const [exact, half] = [await onDisk(method, models, asked, 'F32'), await onDisk(method, models, asked, 'F16')]
  for (const [i, value] of expected.flat().entries()) {
    expect(Math.abs((exact[i] ?? Number.NaN) - value)).toBeLessThan(1e-6)
    expect(Math.abs((half[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(2e-3 * Math.abs(value) + 1e-6)
  }
})
