import { describe, expect, it } from 'vitest'
import { weightsCatalog } from '../catalog'
import { mergeInMemory } from '../in-memory'
import { multiSlerpFactors } from '../kernels/geometry'
import type { AnyMethod } from '../method'
import { type Asked, base, distance, type Matrix, merged, minus, one, pruned, rowsOf, three, two } from '../testing/fixture'
import { stockRatio } from './model-stock'

const each = (name: string, ...values: readonly number[]): { readonly [name: string]: number }[] =>
  values.map((value) => ({ [name]: value }))

/** The worked numbers of each method's card: name, what is asked, the models, the result. */
const rows: [string, string, readonly Matrix[], Asked, Matrix][] = [
  [
    'average',
    'of three',
    [one, two, three],
    {},
    [
      [1.116666667, -1.966666667, 0.516666667],
      [-0.083333333, 3.1, -1.05],
    ],
  ],
  [
    'linear',
    'weights .5 .3 .2',
    [one, two, three],
    { each: each('weight', 0.5, 0.3, 0.2) },
    [
      [1.165, -1.95, 0.525],
      [-0.12, 3.29, -1.08],
    ],
  ],
  [
    'linear',
    'weights 1 .3 .5, normalised',
    [one, two, three],
    { each: each('weight', 1, 0.3, 0.5) },
    [
      [1.236111111, -2.066666667, 0.497222222],
      [-0.175, 3.194444444, -1.108333333],
    ],
  ],
  [
    'linear',
    'weights 1 .3 .5, as they are',
    [one, two, three],
    { each: each('weight', 1, 0.3, 0.5), params: { normalize: false } },
    [
      [2.225, -3.72, 0.895],
      [-0.315, 5.75, -1.995],
    ],
  ],
  ['ema', 'of 1, 2, 4', [[[1]], [[2]], [[4]]], {}, [[2.75]]],
  // of 1, 2, 4, 7, 9 the third and the fifth: 4·0.5 + 9·0.5
  ['ema', 'from the third on, every second', [[[1]], [[2]], [[4]], [[7]], [[9]]], { params: { first: 3, stride: 2 } }, [[6.5]]],
  ['ema', 'all alike from the second on', [[[1]], [[2]], [[4]], [[6]]], { params: { shares: 'alike', first: 2 } }, [[4]]],
  ['model-stock', 'two vectors at 60°', [[[2, 0]], [[1, Math.sqrt(3)]]], { base: [[0, 0]] }, [[1, 0.577350269]]],
  [
    'model-stock',
    'of two',
    [one, two],
    { base },
    [
      [1.011823231, -1.96058923, 0.511823231],
      [-0.007882154, 3.086703695, -1.007882154],
    ],
  ],
  ['model-stock', 'of three that disagree', [one, two, three], { base }, base],
  [
    'varm',
    'of three',
    [one, two, three],
    { base },
    [
      [1.110855263, -1.986403509, 0.510635965],
      [-0.079057018, 3.03004386, -1.044407895],
    ],
  ],
  [
    'metagpt',
    'of three',
    [one, two, three],
    { base },
    [
      [1.110855263, -1.986403509, 0.510635965],
      [-0.079057018, 3.03004386, -1.044407895],
    ],
  ],
  [
    'task-arithmetic',
    'all, weight 1',
    [one, two, three],
    { base },
    [
      [1.35, -1.9, 0.55],
      [-0.25, 3.3, -1.15],
    ],
  ],
  [
    'task-arithmetic',
    'scale .4',
    [one, two, three],
    { base, params: { scale: 0.4 } },
    [
      [1.14, -1.96, 0.52],
      [-0.1, 3.12, -1.06],
    ],
  ],
  [
    'task-arithmetic',
    'negated',
    [one],
    { base, each: each('weight', -1) },
    [
      [0.6, -1.9, 0.5],
      [0.3, 2.4, -0.8],
    ],
  ],
  [
    'task-arithmetic',
    'one less the other',
    [one, two],
    { base, each: each('weight', 1, -1) },
    [
      [1.65, -2.7, 0.35],
      [-0.5, 3.1, -1.3],
    ],
  ],
  [
    'ties',
    'density .5 by tensor',
    [one, two, three],
    { base, params: { scope: 'tensor' }, each: each('density', 0.5, 0.5, 0.5) },
    [
      [1.3, -1.4, 0.5],
      [-0.3, 3.55, -1],
    ],
  ],
  [
    'ties',
    'weighted',
    [one, two, three],
    { base, params: { scope: 'tensor' }, each: [0.5, 0.3, 0.2].map((weight) => ({ weight, density: 0.5 })) },
    [
      [1.342857143, -1.4, 0.5],
      [-0.3, 3.5625, -1],
    ],
  ],
  [
    'ties',
    'weighted, not normalised',
    [one, two, three],
    { base, params: { scope: 'tensor', normalize: false }, each: [0.5, 0.3, 0.2].map((weight) => ({ weight, density: 0.5 })) },
    [
      [1.24, -1.82, 0.5],
      [-0.15, 3.45, -1],
    ],
  ],
  [
    'adamerging-plus-plus',
    'weighted: the votes are equal, so here as TIES without dividing',
    [one, two, three],
    { base, params: { scope: 'tensor' }, each: [0.5, 0.3, 0.2].map((weight) => ({ weight, density: 0.5 })) },
    [
      [1.24, -1.82, 0.5],
      [-0.15, 3.45, -1],
    ],
  ],
  [
    'adamerging-plus-plus',
    'a negative weight turns no vote round',
    [one, two, three],
    { base, params: { scope: 'tensor' }, each: [1, -1, 1].map((weight) => ({ weight, density: 0.5 })) },
    [
      [1.6, -2.6, 0.5],
      [-0.3, 3.1, -1],
    ],
  ],
  [
    'breadcrumbs',
    'density .5, gamma .2, weight .3',
    [one, two, three],
    { base, params: { gamma: 0.2 }, each: [1, 2, 3].map(() => ({ weight: 0.3, density: 0.5 })) },
    [
      [1.105, -2.12, 0.5],
      [-0.075, 3.15, -1.06],
    ],
  ],
  [
    'breadcrumbs',
    'density .5, gamma .2',
    [one, two, three],
    { base, params: { gamma: 0.2 }, each: each('density', 0.5, 0.5, 0.5) },
    [
      [1.35, -2.4, 0.5],
      [-0.25, 3.5, -1.2],
    ],
  ],
  [
    'breadcrumbs-ties',
    'density .5, gamma .2',
    [one, two, three],
    { base, params: { gamma: 0.2 }, each: each('density', 0.5, 0.5, 0.5) },
    [
      [1.6, -2.4, 0.5],
      [-0.45, 3.5, -1.2],
    ],
  ],
  [
    'sce',
    'all positions',
    [one, two, three],
    { base },
    [
      [1.285993485, -1.4, 0.65],
      [-0.214495114, 3.546975089, -1.114495114],
    ],
  ],
  [
    'sce',
    'half of the positions',
    [one, two, three],
    { base, params: { select: 0.5 } },
    [
      [1.277372263, -1.4, 0.5],
      [0, 3.544074844, -1],
    ],
  ],
  ['slerp', 'right angle', [[[1, 0]], [[0, 1]]], {}, [[Math.SQRT1_2, Math.SQRT1_2]]],
  [
    'slerp',
    't = .3',
    [one, two],
    { params: { t: 0.3 } },
    [
      [1.211041654, -1.899706732, 0.548052992],
      [-0.150449583, 3.589217116, -1.115780977],
    ],
  ],
  [
    'slerp',
    't = .5',
    [one, two],
    {},
    [
      [1.081915944, -1.761258513, 0.578699226],
      [-0.050321672, 3.572838699, -1.056755108],
    ],
  ],
  [
    'nuslerp',
    'by row, t = .3',
    [one, two],
    { params: { unit: 'row' }, each: each('weight', 0.7, 0.3) },
    [
      [1.210385463, -1.898652427, 0.54772134],
      [-0.150200742, 3.578573426, -1.112579186],
    ],
  ],
  [
    'nuslerp',
    'of task vectors',
    [one, two],
    { base, each: each('weight', 0.7, 0.3) },
    [
      [1.238015356, -1.827019271, 0.564879414],
      [-0.173104899, 3.735486284, -1.129820914],
    ],
  ],
  [
    'multislerp',
    'weights .5 .3 .2',
    [one, two, three],
    { each: each('weight', 0.5, 0.3, 0.2) },
    [
      [1.176085662, -1.993407644, 0.536043372],
      [-0.111002923, 3.32079706, -1.095689316],
    ],
  ],
  [
    'multislerp',
    'equal',
    [one, two, three],
    {},
    [
      [1.138087354, -2.030276008, 0.527904661],
      [-0.078291969, 3.134062686, -1.072667842],
    ],
  ],
  [
    'multislerp',
    'of task vectors',
    [one, two, three],
    { base },
    [
      [1.495455106, -1.828201974, 0.579553057],
      [-0.354365226, 3.550247877, -1.218599668],
    ],
  ],
  [
    'karcher',
    'of three',
    [one, two, three],
    {},
    [
      [1.137928048, -2.030991439, 0.528076299],
      [-0.077871398, 3.133614907, -1.072736824],
    ],
  ],
  [
    'karcher',
    'of three, converged',
    [one, two, three],
    { params: { iterations: 1000, tolerance: 1e-12 } },
    [
      [1.137924073, -2.030995073, 0.528079064],
      [-0.077865173, 3.133613739, -1.072736663],
    ],
  ],
  [
    'karcher',
    'of two',
    [one, two],
    {},
    [
      [1.064508778, -1.745321012, 0.586619233],
      [-0.033247434, 3.586210262, -1.051347328],
    ],
  ],
  ['karcher', 'of three axes', [[[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]]], {}, [[0.577350269, 0.577350269, 0.577350269]]],
  [
    'nearswap',
    't = .12',
    [base, one],
    { params: { t: 0.12 } },
    [
      [1.12, -2.1, 0.5],
      [-0.12, 3.12, -1.12],
    ],
  ],
  [
    'arcee-fusion',
    'base and one',
    [base, one],
    {},
    [
      [1.4, -2, 0.5],
      [0, 3.6, -1],
    ],
  ],
  [
    'passthrough',
    'scaled',
    [one],
    { params: { scale: 0.5 } },
    [
      [0.7, -1.05, 0.25],
      [-0.15, 1.8, -0.6],
    ],
  ],
  ['online-merging', 'α = 0 is the aligned model', [one, two], { base, params: { alpha: 0 } }, two],
]

it.each(rows)('%s, %s: the worked numbers', (method, _, models, asked, expected) => {
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
