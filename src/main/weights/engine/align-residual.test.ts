import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { Llama } from '../gradients/llama'
import { llamaShape } from '../gradients/shape'
import { resolveToy, toy } from '../testing/toys'
import { residualAxes } from './align-residual'
import { BlockWorker } from './block-worker'
import { compile } from './compile'

type Permute = Extract<WeightsExpression, { op: 'permute' }>
const moved: Permute = { op: 'permute', of: toy('toy-math'), solver: 'assignment', heads: true, residual: true, seed: 5 }

/** All tensors of what an expression gives. */
async function weightsOf(expression: WeightsExpression): Promise<{ model: Llama; weights: Map<string, Float32Array> }> {
  const { plan, metadata } = await compile(expression, resolveToy)
  const worker = new BlockWorker(plan, plainCodec)
  const tensors = plan.nodes[plan.root]?.tensors ?? []
  const weights = new Map(tensors.map(({ name }, index) => [name, worker.whole(plan.root, index)]))
  worker.close()
  return { model: new Llama(llamaShape('toy', metadata, tensors), weights), weights }
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
const text = [5, 17, 80, 3, 44, 200]

describe('the residual stream', () => {
  it('in another order computes the same, although every matrix has moved', async () => {
    const [plain, other] = [await weightsOf(toy('toy-math')), await weightsOf(moved)]
    for (const name of ['token_embd.weight', 'output_norm.weight', 'blk.1.attn_q.weight', 'blk.2.ffn_down.weight', 'blk.0.ffn_norm.weight'])
      expect(largestDifference(plain.weights.get(name) as Float32Array, other.weights.get(name) as Float32Array)).toBeGreaterThan(0.01)
    const [before, after] = [plain.model.forward(text).logits, other.model.forward(text).logits]
    expect(Math.max(...before)).toBeGreaterThan(3)
    expect(largestDifference(before, after)).toBeLessThan(1e-3)
  })

  it.each(['assignment', 'sinkhorn', 'transport'] as const)(
    '%s finds the way back from stream, units and heads in another order, exactly',
    async (solver) => {
      const [plain, back] = [await weightsOf(toy('toy-math')), await weightsOf({ ...moved, of: moved, to: toy('toy-math'), solver })]
      for (const [name, values] of plain.weights)
        expect([name, largestDifference(values, back.weights.get(name) as Float32Array)]).toEqual([name, 0])
    },
  )

  it('is needed: units and heads alone do not bring such a model back', async () => {
    const { residual: _, ...inner } = moved
    const [plain, back] = [await weightsOf(toy('toy-math')), await weightsOf({ ...inner, of: moved, to: toy('toy-math') })]
    const name = 'blk.1.ffn_up.weight'
    expect(largestDifference(plain.weights.get(name) as Float32Array, back.weights.get(name) as Float32Array)).toBeGreaterThan(0.1)
  })

  it('of tensors that are not known is refused by name', () => {
    expect(
      residualAxes([
        { name: 'blk.0.attn_q.bias', shape: [4] },
        { name: 'blk.0.ffn_down.bias', shape: [4] },
      ]),
    ).toEqual([undefined, 'columns'])
    expect(() => residualAxes([{ name: 'blk.3.ssm_in.weight', shape: [4, 4] }])).toThrow(/does not know how blk\.3\.ssm_in\.weight lies/)
  })
})
