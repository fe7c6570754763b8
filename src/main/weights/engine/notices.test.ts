import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { writeTensorFile } from '../testing/tensor-file'
import { merge, resolveToy, toy } from '../testing/toys'
import { compile } from './compile'
import { noticesOf } from './notices'
import { inlinePool } from './pools'

const noticed = async (expression: WeightsExpression, resolve = resolveToy): Promise<string[]> => {
  const { plan, warnings } = await compile(expression, resolve)
  const pool = inlinePool(plan, plainCodec)
  try {
    return [...warnings, ...(await noticesOf(plan, pool))]
  } finally {
    await pool.close()
  }
}

describe('before a merge of toys', () => {
  it('says nothing where there is nothing to say', async () => {
    expect(await noticed(merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') }))).toEqual([])
    expect(await noticed(merge('average', [toy('toy-math'), toy('toy-facts')]))).toEqual([])
  })
  it('says that task vectors are alike, and for MetaGPT that they are not nearly orthogonal', async () => {
    const twice = merge('task-arithmetic', [toy('toy-math'), toy('toy-math')], { base: toy('toy-base') })
    expect(await noticed(twice)).toEqual(['toy-math and toy-math change the base alike (cosine 1.0000): merging them adds little.'])
    // their cosine is 0.409
    const [said] = await noticed(merge('metagpt', [toy('toy-facts'), toy('toy-liar')], { base: toy('toy-base') }))
    expect(said).toMatch(
      /^MetaGPT assumes task vectors that are nearly orthogonal; those of toy-facts and toy-liar are not \(cosine 0\.4\d\)\.$/,
    )
    expect(await noticed(merge('metagpt', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') }))).toEqual([])
  })
  it('says what DPPA does where nobody looked for factors', async () => {
    const of = (params: Record<string, number>): WeightsExpression => {
      const delta: WeightsExpression = { op: 'delta', tuned: toy('toy-math'), base: toy('toy-base') }
      return merge('task-arithmetic', [{ op: 'prune', pruner: 'dppa', of: delta, params }], { base: toy('toy-base') })
    }
    expect((await noticed(of({}))).join()).toContain('multiplies what stays by 1 / (1 − rate)')
    expect(await noticed(of({ gamma1: 1, gamma2: 2 }))).toEqual([])
    expect(await noticed(of({ parts: 1, gamma1: 1 }))).toEqual([])
  })
  it('says that models pull against each other', async () => {
    // what toy-base is to toy-math is the opposite of what toy-math is to toy-base
    const delta = (tuned: string, base: string): WeightsExpression => ({ op: 'delta', tuned: toy(tuned), base: toy(base) })
    const opposed = merge('task-arithmetic', [delta('toy-math', 'toy-base'), delta('toy-base', 'toy-math')], { base: toy('toy-base') })
    expect((await noticed(opposed))[0]).toContain('pull against each other (cosine −1.00)')
  })
  it('says where a model is its base, and where a density keeps nothing', async () => {
    expect(await noticed(merge('ties', [toy('toy-base')], { base: toy('toy-base') }))).toEqual([
      'Every model is equal to its base: nothing is merged.',
    ])
    const sparse = merge('ties', [toy('toy-math')], { base: toy('toy-base'), params: { scope: 'tensor' }, each: { density: 0.001 } })
    // a thousandth of a norm is less than one entry
    expect(await noticed(sparse)).toEqual([
      expect.stringMatching(/^At its density TIES keeps nothing of toy-math in .*norm\.weight.* and \d+ more tensors\.$/),
    ])
    expect(await noticed(merge('dare-linear', [toy('toy-math')], { base: toy('toy-base'), each: { density: 0 } }))).toEqual([
      'At its density DARE, then add keeps nothing of toy-math.',
    ])
  })
})

it('says where Model Stock stays at the base, and where SLERP goes through nothing', async () => {
  const tensors = (ffn: readonly number[], up: readonly number[]) =>
    writeTensorFile([
      { name: 'token_embd.weight', shape: [4, 2], type: 'F32', values: [1, 2, 3, 4, 5, 6, 7, ffn[0] ?? 8] },
      { name: 'blk.0.ffn_up.weight', shape: [4, 1], type: 'F32', values: up },
    ])
  const files = {
    base: tensors([0], [1, 1, 1, 1]),
    a: tensors([1], [2, 1, 1, 3]),
    b: tensors([1], [1, 1, 1, -1]),
    c: tensors([1], [-2, -1, -1, -3]),
  }
  const resolve = async ({ name }: { name: string }) => ({ path: (files as Record<string, { path: string }>)[name]?.path ?? '' })
  try {
    const models = [toy('a'), toy('b')]
    const stayed =
      'blk.0.ffn_up.weight: left as in the base, since the models changed it in opposite directions (the ratio is clamped to 0).'
    expect(await noticed(merge('model-stock', models, { base: toy('base') }), resolve)).toContain(stayed)
    expect(await noticed(merge('model-stock', models, { base: toy('base'), params: { clamp: false } }), resolve)).not.toContain(stayed)
    const through = 'blk.0.ffn_up.weight: opposite in the two models: the way between them leads through nearly nothing.'
    expect(await noticed(merge('slerp', [toy('a'), toy('c')]), resolve)).toEqual([through])
    expect(await noticed(merge('slerp', models), resolve)).toEqual([])
  } finally {
    for (const { remove } of Object.values(files)) remove()
  }
})

describe('before a merge of made models', () => {
  const trunk = { name: 'blk.0.ffn_up.weight', shape: [4, 2], type: 'F32' } as const
  const embedding = (...values: number[]) => ({ name: 'token_embd.weight', shape: [4, 2], type: 'F32', values }) as const
  const head = { name: 'output.weight', shape: [4, 2], type: 'F32' } as const
  const made = (files: Record<string, ReturnType<typeof writeTensorFile>>) => async (ref: { name: string }) => ({
    path: (files[ref.name] as { path: string }).path,
  })
  it('says that heads have nothing in common which the rest has', async () => {
    const files = {
      a: writeTensorFile([
        embedding(1, 2, 3, 4, 5, 6, 7, 8),
        { ...trunk, values: [1, 2, 3, 4, 5, 6, 7, 8] },
        { ...head, values: [1, 0, 0, 0, 0, 0, 0, 1] },
      ]),
      b: writeTensorFile([
        embedding(1, 2, 3, 4, 5, 6, 7, 8),
        { ...trunk, values: [1, 2, 3, 4, 5, 6, 7, 9] },
        { ...head, values: [0, 1, 0, 0, 0, 0, 1, 0] },
      ]),
    }
    try {
      expect(await noticed(merge('average', [toy('a'), toy('b')]), made(files))).toEqual([
        expect.stringMatching(/^The output heads of a and b have nothing in common \(cosine 0\.00, elsewhere 1\.00\)/),
      ])
    } finally {
      for (const { remove } of Object.values(files)) remove()
    }
  })
  it('names a tensor that nobody changed, and sources in BF16', async () => {
    const files = {
      base: writeTensorFile([
        embedding(1, 2, 3, 4, 5, 6, 7, 8),
        { ...trunk, type: 'BF16', values: [1, 2, 3, 4, 5, 6, 7, 8] },
        { ...head, values: [1, 0, 0, 0, 0, 0, 0, 1] },
      ]),
      a: writeTensorFile([
        embedding(1, 2, 3, 4, 5, 6, 7, 9),
        { ...trunk, type: 'BF16', values: [1, 2, 3, 4, 5, 6, 7, 9] },
        { ...head, values: [1, 0, 0, 0, 0, 0, 0, 1] },
      ]),
    }
    try {
      expect(await noticed(merge('task-arithmetic', [toy('a')], { base: toy('base') }), made(files))).toEqual([
        'base is in BF16: what differs from its base by less than 0.2 % of a weight is rounded away.',
        'a is in BF16: what differs from its base by less than 0.2 % of a weight is rounded away.',
        'output.weight is as in the base in every model.',
      ])
    } finally {
      for (const { remove } of Object.values(files)) remove()
    }
  })
})
