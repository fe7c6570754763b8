import { describe, expect, it } from 'vitest'
import { weightsCatalog } from '../catalog'
import { mergeInMemory } from '../in-memory'
import { multiSlerpFactors } from '../kernels/geometry'
import type { AnyMethod } from '../method'
import { base, distance, type Matrix, merged, minus, one, pruned, rowsOf, three, two } from '../testing/fixture'
import { workedNumbers } from '../testing/worked-numbers'
import { stockRatio } from './model-stock'

const each = (name: string, ...values: readonly number[]): { readonly [name: string]: number }[] =>
  values.map((value) => ({ [name]: value }))

it.each(workedNumbers)('%s, %s: the worked numbers', (method, _, models, asked, expected) => {
  expect(distance(rowsOf(merged(method, models, asked)), expected)).toBeLessThan(1e-6)
})

describe('ties', () => {
  it('trims over the whole model or over each tensor, as its scope says', () => {
    const zero: Matrix = [[0, 0]]
    const models = [
      [one, [[0.02, -0.01]]],
      [two, [[-0.02, 0.03]]],
      [three, [[0.03, -0.015]]],
    ]
    const asked = { base: [base, zero], each: each('density', 0.5, 0.5, 0.5) }
    const whole = merged('ties', models, asked)
    expect(
      distance(minus(rowsOf(whole), base), [
        [0.3, 0.6, 0],
        [-0.225, 0.55, -0.2],
      ]),
    ).toBeLessThan(1e-6)
    expect(rowsOf(whole, 1)).toEqual([[0, 0]])
    const byTensor = merged('ties', models, { ...asked, params: { scope: 'tensor' } })
    expect(
      distance(minus(rowsOf(byTensor), base), [
        [0.3, 0.6, 0],
        [-0.3, 0.55, 0],
      ]),
    ).toBeLessThan(1e-6)
    expect(distance(rowsOf(byTensor, 1), [[0.025, 0.03]])).toBeLessThan(1e-6)
  })

  it('keeps nothing at density 0 and everything at 1', () => {
    expect(rowsOf(merged('ties', [one, two], { base, each: each('density', 0, 0) }))).toEqual(rowsOf(merged('average', [base])))
    expect(distance(rowsOf(merged('ties', [one], { base, each: each('density', 1) })), one)).toBeLessThan(1e-6)
  })

  it('of equal magnitudes keeps the lower positions', () => {
    expect(rowsOf(pruned('magnitude', [[[1, -1, 1, 1]]], { params: { density: 0.5 } }))).toEqual([[1, -1, 0, 0]])
  })
})

it('model stock: the ratio by angle and count', () => {
  const stock = { clamp: true, floor: 0 }
  const at = (degrees: number) => (i: number, j: number) => (i === j ? 1 : Math.cos((degrees * Math.PI) / 180))
  for (const [count, ratios] of [
    [2, [0.92820323, 0.828427125, 0.666666667, 0]],
    [3, [0.950961894, 0.878679656, 0.75, 0]],
    [4, [0.962764936, 0.906163679, 0.8, 0]],
  ] as const) {
    for (const [index, degrees] of [30, 45, 60, 90].entries())
      expect(stockRatio(at(degrees), count, stock)).toBeCloseTo(ratios[index] ?? 0, 6)
    expect(stockRatio(at(0), count, stock)).toBeCloseTo(1, 9)
  }
})

it('varm by element: 0.4 and −0.25 weigh 0.16 and 0.0625; where one did not move the mean', () => {
  const rows = rowsOf(merged('varm', [one, two], { base, params: { unit: 'element' } }))
  expect(rows[0]?.[0]).toBeCloseTo(1 + (0.16 * 0.4 - 0.0625 * 0.25) / 0.2225, 6)
  expect(rows[0]?.[2]).toBeCloseTo(0.5 + 0.075, 6)
})

describe('ties where the votes cancel', () => {
  // votes: +1 −1 = 0 at the first place; minus wins at the two others, plus nowhere
  const [left, right] = [[[1, -1, -1]], [[-1, -1, -2]]]
  const of = (zeroSign: string, scope = 'model') =>
    rowsOf(merged('ties', [left, right], { base: [[0, 0, 0]], params: { zeroSign, scope }, each: each('density', 1, 1) }))
  it('plus wins by default, and the sign that wins elsewhere by majority', () => {
    expect(of('positive')).toEqual([[1, -1, -1.5]])
    expect(of('majority')).toEqual([[-1, -1, -1.5]])
    expect(of('majority', 'tensor')).toEqual([[-1, -1, -1.5]])
  })
  it('the majority is of the model or of each tensor, as the trimming is', () => {
    // the second tensor alone has a majority of plus; the whole model one of minus
    const models = [
      [...[left], [[1, 1]]],
      [...[right], [[-1, 2]]],
    ]
    const zeros = [[[0, 0, 0]], [[0, 0]]]
    const at = (scope: string) =>
      rowsOf(merged('ties', models, { base: zeros, params: { zeroSign: 'majority', scope }, each: each('density', 1, 1) }), 1)
    expect(at('model')).toEqual([[-1, 1.5]])
    expect(at('tensor')).toEqual([[1, 1.5]])
  })
})

describe('varm by parts of the model', () => {
  const names = ['blk.0.attn_q.weight', 'blk.0.ffn_up.weight', 'blk.1.ffn_up.weight']
  const model = (...values: number[]) =>
    new Map(names.map((name, i) => [name, { shape: [1, 1], data: Float32Array.of(values[i] as number) }]))
  const at = (params: { readonly [name: string]: string | number }) => {
    const varm = weightsCatalog().method('varm') as AnyMethod
    const result = mergeInMemory(varm, { base: model(0, 0, 0), models: [{ weights: model(1, 2, 3) }, { weights: model(3, 1, 1) }], params })
    return names.map((name) => result.get(name)?.data[0] ?? Number.NaN)
  }
  it('weighs each layer by all that moved in it: (1 + 4) against (9 + 1), and 9 against 1', () => {
    const layer = at({ unit: 'layer' })
    for (const [i, value] of [(5 * 1 + 10 * 3) / 15, (5 * 2 + 10 * 1) / 15, (9 * 3 + 1) / 10].entries())
      expect(layer[i]).toBeCloseTo(value, 6)
  })
  it('weighs attention and feed-forward of a layer by themselves', () => {
    const module = at({ unit: 'module' })
    for (const [i, value] of [(1 * 1 + 9 * 3) / 10, (4 * 2 + 1) / 5, (9 * 3 + 1) / 10].entries()) expect(module[i]).toBeCloseTo(value, 6)
    expect(module).toEqual(at({ unit: 'matrix' }))
  })
  it('with a temperature weighs by the softmax of the shares: 0.1 and 0.9 at temperature 0.5', () => {
    const share = 1 / (1 + Math.exp((0.9 - 0.1) / 0.5))
    expect(at({ unit: 'module', temperature: 0.5 })[0]).toBeCloseTo(share * 1 + (1 - share) * 3, 6)
    expect(at({ unit: 'module', temperature: 100 })[0]).toBeCloseTo(2, 1)
  })
})

it('ema refuses to start after the last checkpoint', () => {
  expect(() => merged('ema', [one, two], { params: { first: 3 } })).toThrow(/starts at checkpoint 3/)
})

it('varm of the whole model is metagpt, also with several tensors', () => {
  const [first, second] = [one, two].map((rows) => [rows, rows.map((row) => row.map((value) => value * 1.5))])
  const asked = { base: [base, base] }
  const models = [first, second] as [number[][][], number[][][]]
  const [whole, closed] = [merged('varm', models, { ...asked, params: { unit: 'model' } }), merged('metagpt', models, asked)]
  for (const tensor of [0, 1]) expect(distance(rowsOf(whole, tensor), rowsOf(closed, tensor))).toBeLessThan(1e-6)
})

it('metagpt weighs by the whole model where varm weighs each tensor', () => {
  const models = [one, two].map((first) => [first, [[first === one ? 4 : 1, 0]]])
  const asked = { base: [base, [[0, 0]]] }
  expect(distance(rowsOf(merged('metagpt', models, asked)), rowsOf(merged('varm', models, asked)))).toBeGreaterThan(0.01)
})

it('RAM takes unique changes whole and averages shared ones', () => {
  const cut = (model: Matrix, limit: number): number[][] =>
    model.map((row, r) => row.map((value, c) => (Math.abs(value - (base[r]?.[c] ?? 0)) < limit ? (base[r]?.[c] ?? 0) : value)))
  const result = merged('ram', [cut(one, 0.05), cut(two, 0.16), cut(three, 0.12)], { base })
  expect(
    distance(rowsOf(result), [
      [1.116666667, -1.966666667, 0.5],
      [-0.083333333, 3.1, -1.2],
    ]),
  ).toBeLessThan(1e-6)
})

it('multi-SLERP of directions that cancel has no answer', () => {
  expect(multiSlerpFactors((i, j) => (i === j ? 1 : -1), [0.5, 0.5])).toBeUndefined()
})

it('nearswap never moves a weight by more than t', () => {
  for (const t of [0, 0.05, 0.3, 5]) {
    const moved = minus(rowsOf(merged('nearswap', [base, one], { params: { t } })), base).flat()
    const way = minus(one, base).flat()
    for (const [index, step] of moved.entries()) expect(Math.abs(step)).toBeCloseTo(Math.min(t, Math.abs(way[index] ?? 0)), 5)
  }
})

describe('a schedule', () => {
  const tensors = Array.from({ length: 8 }, () => [[1]])
  const zeros = Array.from({ length: 8 }, () => [[0]])
  it('as a list is a gradient over the blocks', () => {
    const result = merged('task-arithmetic', [tensors], { base: zeros, blocks: 8, each: [{ weight: [0, 0.5, 0.3, 0.7, 1] }] })
    const expected = [0, 0.285714, 0.471429, 0.357143, 0.414286, 0.642857, 0.828571, 1]
    for (const [index, value] of expected.entries()) expect(rowsOf(result, index)[0]?.[0]).toBeCloseTo(value, 5)
  })
  it('by filter takes the first that fits, under the names of either world', () => {
    for (const [filter, value] of [
      ['ffn_up', 0.5],
      ['up_proj', 0.5],
      ['mlp', 0.5],
      ['self_attn', 0.25],
      ['*', 0.5],
    ] as const) {
      const result = merged('passthrough', [[[1]]], { params: { scale: [{ filter, value: 0.5 }, { value: 0.25 }] } })
      expect(rowsOf(result)).toEqual([[value]])
    }
  })
})
