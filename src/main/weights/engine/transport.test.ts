import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { readGgufHeader } from '../gguf/read-header'
import { writeTensorFile } from '../testing/tensor-file'
import { merge, resolveToy, tensorOf, toy, toyRef } from '../testing/toys'
import { writeModel } from '../write-model'
import { inlinePool } from './pools'

/** A toy in which every feed-forward unit stands twice, one after all others, each giving half: it does what the toy does, at twice the width. */
async function doubled(name: string): Promise<ReturnType<typeof writeTensorFile>> {
  const { path } = await resolveToy(toyRef(name))
  const { tensors, metadata } = await readGgufHeader(path)
  const made = []
  for (const { name: tensor, shape, type } of tensors) {
    const values = await tensorOf(path, tensor)
    const [width = 1, rows = 1] = shape
    if (/ffn_(up|gate)\.weight$/.test(tensor)) made.push({ name: tensor, shape: [width, 2 * rows], type, values: [...values, ...values] })
    else if (/ffn_down\.weight$/.test(tensor)) {
      const halves = values.map((value) => value / 2)
      const wide = Array.from({ length: rows }, (_, row) => {
        const one = [...halves.subarray(row * width, (row + 1) * width)]
        return [...one, ...one]
      })
      made.push({ name: tensor, shape: [2 * width, rows], type: 'F32' as const, values: wide.flat() })
    } else made.push({ name: tensor, shape, type, values })
  }
  const width = metadata.get('llama.feed_forward_length')?.value as number
  return writeTensorFile(made, { ...Object.fromEntries(metadata), 'llama.feed_forward_length': { type: 'uint32', value: 2 * width } })
}

it('a model of twice the width, transported onto the narrow one, is that one again, and can be averaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'transport-'))
  const wide = await doubled('toy-math')
  try {
    const resolve = async (ref: { name: string }) => (ref.name === 'wide' ? { path: wide.path } : resolveToy(toyRef(ref.name)))
    const tools = { resolve, codec: plainCodec, pool: (plan: Parameters<typeof inlinePool>[0]) => inlinePool(plan, plainCodec) }
    const write = async (expression: WeightsExpression, file: string) => {
      const path = join(folder, file)
      await writeModel(path, { expression, name: file, dtype: 'F32', recipe: {} }, tools)
      return path
    }
    const narrow: WeightsExpression = { op: 'permute', of: toy('wide'), to: toy('toy-math'), solver: 'transport' }
    const path = await write(narrow, 'narrow.gguf')
    const { path: original } = await resolveToy(toyRef('toy-math'))
    for (const { name } of (await readGgufHeader(original)).tensors)
      expect(await tensorOf(path, name)).toEqual(await tensorOf(original, name))
    const average = await write(merge('average', [narrow, toy('toy-facts')]), 'average.gguf')
    expect((await readGgufHeader(average)).metadata.get('llama.feed_forward_length')?.value).toBe(320)
    await expect(write({ ...narrow, solver: 'assignment' }, 'refused.gguf')).rejects.toMatchObject({ code: 'weights-mismatch' })
    // the other way round units are split, and every one still gives all it gave
    const split = await write({ op: 'permute', of: toy('toy-math'), to: toy('wide'), solver: 'transport' }, 'split.gguf')
    const [down, whole] = [await tensorOf(split, 'blk.1.ffn_down.weight'), await tensorOf(original, 'blk.1.ffn_down.weight')]
    for (let row = 0; row < 128; row += 17) {
      const sum = (values: Float32Array, width: number) =>
        values.subarray(row * width, (row + 1) * width).reduce((all, one) => all + one, 0)
      expect(sum(down, 640)).toBeCloseTo(sum(whole, 320), 4)
    }
  } finally {
    wide.remove()
    rmSync(folder, { recursive: true })
  }
})
