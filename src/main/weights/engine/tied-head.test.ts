import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { readGgufHeader } from '../gguf/read-header'
import { writeTensorFile } from '../testing/tensor-file'
import { merge, tensorOf, toy } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'

/** A model whose head is its embedding, and two with heads of their own. */
const made = (embedding: number, head?: number) =>
  writeTensorFile([
    { name: 'token_embd.weight', shape: [4, 2], type: 'F32', values: Array.from({ length: 8 }, (_, i) => embedding + i) },
    { name: 'blk.0.ffn_up.weight', shape: [4, 1], type: 'F32', values: [1, 1, 1, 1] },
    ...(head === undefined
      ? []
      : [{ name: 'output.weight', shape: [4, 2], type: 'F32' as const, values: Array.from({ length: 8 }, (_, i) => head - i) }]),
  ])
const files = { tied: made(0), also: made(10), own: made(20, 5), base: made(100, 50) }
afterAll(() => {
  for (const { remove } of Object.values(files)) remove()
})

let count = 0
async function headOf(expression: WeightsExpression): Promise<number[] | undefined> {
  const out = join(dirname(files.tied.path), `out-${count++}.gguf`)
  await writeModel(
    out,
    { expression, name: 'x', dtype: 'keep', recipe: {} },
    {
      resolve: async ({ name }) => ({ path: files[name as keyof typeof files].path }),
      codec: plainCodec,
      pool: (plan) => inlinePool(plan, plainCodec),
    },
  )
  const { tensors } = await readGgufHeader(out)
  const head = tensors.some(({ name }) => name === 'output.weight') ? [...(await tensorOf(out, 'output.weight'))] : undefined
  rmSync(out)
  return head
}
const entries = (value: (i: number) => number): number[] => Array.from({ length: 8 }, (_, i) => value(i))

it('a head that all models tie to their embedding stays tied', async () => {
  expect(await headOf(merge('average', [toy('tied'), toy('also')]))).toBeUndefined()
})

it('where one model has a head of its own, the embedding of the others is theirs', async () => {
  const mean = entries((i) => (i + 5 - i) / 2)
  expect(await headOf(merge('average', [toy('own'), toy('tied')]))).toEqual(mean)
  // also where the one that leads is tied
  expect(await headOf(merge('average', [toy('tied'), toy('own')]))).toEqual(mean)
})

it('so it is for changes, whoever is tied', async () => {
  // base + (embedding of the tied − head of the base)
  expect(await headOf(merge('task-arithmetic', [toy('tied')], { base: toy('base') }))).toEqual(entries((i) => i))
  // the tied base has its embedding as head: what the other changed of it is all of its own head
  expect(await headOf(merge('task-arithmetic', [toy('own')], { base: toy('tied'), each: { weight: 0.5 } }))).toEqual(
    entries((i) => i + 0.5 * (5 - i - i)),
  )
})
