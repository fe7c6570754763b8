import { expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { type MadeTensor, writeTensorFile } from '../testing/tensor-file'
import { merge, toy } from '../testing/toys'
import { BlockWorker } from './block-worker'
import { compile } from './compile'

const tensor = (name: string, shape: readonly number[], value: number): MadeTensor => ({
  name,
  shape,
  type: 'F32',
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => value),
})
const model = (wide: number, value: number) =>
  writeTensorFile(
    [
      tensor('token_embd.weight', [4, 2], value),
      tensor('blk.0.attn_q.weight', [4, 4], value),
      tensor('blk.0.ffn_up.weight', [4, wide], value),
    ],
    { 'llama.feed_forward_length': { type: 'uint32', value: wide } },
  )

it('a tensor of another shape is refused, or counts as unchanged where that is asked', async () => {
  const files: Record<string, ReturnType<typeof model>> = { base: model(3, 1), a: model(3, 2), b: model(5, 4) }
  const resolve = async ({ name }: { name: string }) => ({ path: files[name]?.path ?? '' })
  const asked = merge('task-arithmetic', [toy('a'), toy('b')], { base: toy('base') })
  try {
    await expect(compile(asked, resolve)).rejects.toMatchObject({ code: 'weights-mismatch' })
    const { plan, warnings } = await compile({ ...asked, dropUnfit: true } as WeightsExpression, resolve)
    expect(warnings).toEqual(['The tensor blk.0.ffn_up.weight is 4 × 5 in b and 4 × 3 in base: what b changed there is dropped.'])
    const worker = new BlockWorker(plan, plainCodec)
    const names = plan.nodes[plan.root]?.tensors.map(({ name }) => name) ?? []
    const first = (name: string) => worker.whole(plan.root, names.indexOf(name))[0]
    // 1 + (2 − 1) + (4 − 1), and without b's change 1 + (2 − 1)
    expect([first('blk.0.attn_q.weight'), first('blk.0.ffn_up.weight')]).toEqual([5, 2])
    worker.close()
  } finally {
    for (const file of Object.values(files)) file.remove()
  }
})
