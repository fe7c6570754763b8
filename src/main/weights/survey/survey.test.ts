import { describe, expect, it } from 'vitest'
import { plainCodec, withGgml } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { merge, resolveToy, toy } from '../testing/toys'
import { histogramOf, surveyWeights } from './survey'

const tools = { resolve: resolveToy, codec: withGgml, pool: (plan: Parameters<typeof inlinePool>[0]) => inlinePool(plan, plainCodec) }

describe('a survey of weights', () => {
  it('knows the angles between the toys’ task vectors, as their README reports them', async () => {
    const report = await surveyWeights(
      merge('task-arithmetic', [toy('toy-math'), toy('toy-facts'), toy('toy-liar')], { base: toy('toy-base') }),
      tools,
    )
    const angles = report.cosines.map((row) => row.map((cosine) => Number(cosine?.toFixed(3))))
    expect(angles[0]).toEqual([1, 0.078, 0.138])
    expect(angles[1]?.[2]).toBe(0.409)
    expect([report.reference, report.isDelta, report.models]).toEqual(['base', false, ['toy-math', 'toy-facts', 'toy-liar']])
    expect(report.elements).toBe(885_888)
    expect(report.sizes.find(({ dtype }) => dtype === 'F32')?.bytes).toBe(4 * 885_888)
  })

  it('sees that TIES at density 0.2 leaves more as it was than the plain sum', async () => {
    const plain = await surveyWeights(merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') }), tools)
    const ties = await surveyWeights(
      merge('ties', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base'), each: { density: 0.2 } }),
      tools,
    )
    const of = ({ tensors }: typeof plain) => tensors.find(({ name }) => name === 'blk.1.ffn_up.weight')
    expect(of(plain)?.unchanged).toBeLessThan(0.05)
    expect(of(ties)?.unchanged).toBeGreaterThan(0.5)
  })

  it('takes a task vector, a model by itself, and a merge without a base', async () => {
    const delta = await surveyWeights({ op: 'delta', tuned: toy('toy-math'), base: toy('toy-base') }, tools)
    expect([delta.isDelta, delta.reference, delta.sizes]).toEqual([true, 'base', []])
    const alone = await surveyWeights(toy('toy-math'), tools)
    expect([alone.reference, alone.models, alone.cosines]).toEqual(['none', [], []])
    const mean = await surveyWeights(merge('linear', [toy('toy-math'), toy('toy-facts')]), tools)
    expect(mean.reference).toBe('mean')
    expect(mean.cosines[0]?.[1]).toBeCloseTo(-1, 6)
    expect(mean.tensors.every(({ change }) => change < 1e-3)).toBe(true)
  })

  it('counts every entry of a tensor once in a histogram, and refuses a tensor that is not there', async () => {
    const expression = merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') })
    const { result, models, limit } = await histogramOf(expression, 'blk.2.ffn_up.weight', tools)
    const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
    expect([result, ...models].map(sum)).toEqual([40_960, 40_960, 40_960])
    expect(limit).toBeGreaterThan(0)
    await expect(histogramOf(expression, 'blk.9.x', tools)).rejects.toThrow(RangeError)
  })
})
