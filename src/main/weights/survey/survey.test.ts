import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { plainCodec, withGgml } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { merge, resolveToy, tensorOf, toy } from '../testing/toys'
import { histogramOf, surveyWeights } from './survey'

const tools = { resolve: resolveToy, codec: withGgml, pool: (plan: Parameters<typeof inlinePool>[0]) => inlinePool(plan, plainCodec) }

const path = (name: string): string => `resources/toys/${name}.gguf`
const prunedOf = (tuned: WeightsExpression): WeightsExpression => ({
  op: 'prune',
  pruner: 'magnitude',
  of: { op: 'delta', tuned, base: toy('toy-base') },
  params: { density: 0.2, scope: 'tensor' },
})

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

  it('tells the coefficients that a method finds, tensor by tensor, and none where each entry is chosen by itself', async () => {
    const pair = [toy('toy-math'), toy('toy-facts')]
    const name = 'blk.1.ffn_down.weight'
    const told = async (method: string, params: Record<string, number | string> = {}, base = true) => {
      const survey = await surveyWeights(merge(method, pair, { ...(base ? { base: toy('toy-base') } : {}), params }), tools)
      return survey.tensors.find((tensor) => tensor.name === name)?.coefficients ?? []
    }
    const [root, math, facts] = await Promise.all(['toy-base', 'toy-math', 'toy-facts'].map((toy) => tensorOf(path(toy), name)))
    const dot = (a?: Float32Array, b?: Float32Array, from?: Float32Array): number =>
      [...(a ?? [])].reduce((sum, x, k) => sum + (x - (from?.[k] ?? 0)) * ((b?.[k] ?? 0) - (from?.[k] ?? 0)), 0)
    // of the vectors themselves, by the sine of their angle
    const angle = Math.acos(dot(math, facts) / Math.sqrt(dot(math, math) * dot(facts, facts)))
    const slerp = await told('slerp', { t: 0.3 }, false)
    for (const [i, t] of [0.7, 0.3].entries()) expect(slerp[i]).toBeCloseTo(Math.sin(t * angle) / Math.sin(angle), 9)
    // of the changes: how much each moved, and what they have in common
    const moved = [dot(math, math, root), dot(facts, facts, root)] as const
    const varm = await told('varm')
    expect(varm[0]).toBeCloseTo(moved[0] / (moved[0] + moved[1]), 9)
    const cosine = dot(math, facts, root) / Math.sqrt(moved[0] * moved[1])
    expect(await told('model-stock')).toEqual([0, 1].map(() => expect.closeTo(cosine / (1 + cosine), 6)))
    for (const params of [{ shares: 'alike' }, { decay: 0.5, first: 2 }])
      expect(await told('ema', params, false)).toEqual(params.shares ? [0.5, 0.5] : [0, 1])
    expect(await told('ties')).toEqual([])
    expect(await told('model-stock', { unit: 'row' })).toEqual([])
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

/** Everything once more from the files' own numbers: whole tensors in float64, one plain sum after the other, none of the code under test. */
describe('the figures of a survey against plain sums', () => {
  const [base, ...models] = ['toy-base', 'toy-math', 'toy-facts'].map(path)
  const names = ['token_embd.weight', 'blk.0.attn_q.weight', 'blk.1.ffn_down.weight', 'blk.3.attn_norm.weight', 'output_norm.weight']
  const changesOf = async (name: string): Promise<number[][]> => {
    const from = await tensorOf(base ?? '', name)
    return Promise.all(models.map(async (model) => [...(await tensorOf(model, name))].map((value, k) => value - (from[k] ?? 0))))
  }
  const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0)
  const share = (values: readonly unknown[], holds: (k: number) => boolean): number =>
    values.filter((_, k) => holds(k)).length / Math.max(1, values.length)
  const sum = merge('task-arithmetic', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base'), each: { weight: 0.4 } })

  it('norms of changes, entries left alone and signs in conflict, tensor by tensor', async () => {
    const { tensors } = await surveyWeights(sum, tools)
    for (const name of names) {
      const found = tensors.find((one) => one.name === name)
      const [math = [], facts = []] = await changesOf(name)
      const reference = norm([...(await tensorOf(base ?? '', name))])
      const merged = math.map((x, k) => 0.4 * x + 0.4 * (facts[k] ?? 0))
      expect(found?.changes[0]).toBeCloseTo(norm(math) / reference, 6)
      expect(found?.changes[1]).toBeCloseTo(norm(facts) / reference, 6)
      expect(found?.change).toBeCloseTo(norm(merged) / reference, 5)
      expect(found?.unchangedOf).toEqual([math, facts].map((values) => share(values, (k) => values[k] === 0)))
      expect(found?.conflicts).toBe(share(math, (k) => (math[k] ?? 0) * (facts[k] ?? 0) < 0))
    }
  })

  it('the cosine of two task vectors over all tensors', async () => {
    const { tensors, cosines } = await surveyWeights(sum, tools)
    let [along, first, second] = [0, 0, 0]
    for (const { name } of tensors) {
      const [math = [], facts = []] = await changesOf(name)
      along += dot(math, facts)
      first += dot(math, math)
      second += dot(facts, facts)
    }
    expect(cosines[0]?.[1]).toBeCloseTo(along / Math.sqrt(first * second), 9)
  })

  it('what trimming leaves alone, model by model: all but the largest fifth of a tensor’s entries', async () => {
    const pruned = merge(
      'task-arithmetic',
      [toy('toy-math'), toy('toy-facts')].map((tuned) => prunedOf(tuned)),
      { base: toy('toy-base') },
    )
    const { tensors } = await surveyWeights(pruned, tools)
    for (const name of names.slice(0, 3)) {
      const changes = await changesOf(name)
      for (const [model, values] of changes.entries()) {
        const kept = Math.floor(0.2 * values.length)
        const least = values.map(Math.abs).sort((a, b) => b - a)[kept - 1] ?? 0
        // entries of the very size of the least that is kept go by their place
        const ties = values.filter((x) => Math.abs(x) === least).length / values.length
        const unchanged = tensors.find((one) => one.name === name)?.unchangedOf[model] ?? 0
        expect(Math.abs(unchanged - (1 - kept / values.length))).toBeLessThanOrEqual(ties)
      }
    }
  })

  it('the histogram of one tensor, bin by bin', async () => {
    const name = 'blk.1.ffn_down.weight'
    const { result, models: counted, limit } = await histogramOf(sum, name, tools, 21)
    const changes = (await changesOf(name)) as [number[], number[]]
    const merged = Float32Array.from(
      await tensorOf(base ?? '', name),
      (from, k) => from + 0.4 * ((changes[0][k] ?? 0) + (changes[1][k] ?? 0)),
    )
    const mergedChanges = [...(await tensorOf(base ?? '', name))].map((from, k) => (merged[k] ?? 0) - from)
    const rms = Math.max(...[...changes, mergedChanges].map((values) => norm(values) / Math.sqrt(values.length)))
    expect(limit).toBeCloseTo(4 * rms, 6)
    for (const [counts, values] of [
      [counted[0], changes[0]],
      [counted[1], changes[1]],
      [result, mergedChanges],
    ] as const) {
      const wanted = new Array<number>(21).fill(0)
      for (const x of values) {
        const bin = Math.min(20, Math.max(0, Math.floor(((x + limit) / (2 * limit)) * 21)))
        wanted[bin] = (wanted[bin] ?? 0) + 1
      }
      // a value on the edge of a bin may fall to either side by the last bit
      for (const [bin, count] of wanted.entries()) expect(Math.abs(count - (counts?.[bin] ?? 0))).toBeLessThanOrEqual(2)
    }
  })
})
