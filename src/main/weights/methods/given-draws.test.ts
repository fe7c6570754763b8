import { expect, it, vi } from 'vitest'
import { type Asked, base, distance, type Matrix, merged, minus, one, pruned, rowsOf, two } from '../testing/fixture'

/** The worked numbers of DARE and DELLA, whose draws are given: of model i, `draws[i]`. */
const draws: number[][] = []
vi.mock('../kernels/philox', async (original) => ({
  ...(await original<object>()),
  philoxKey: (_seed: number, label: string) => [Number(label.split(' ')[1]), 0],
  drawUniform: ([model]: readonly number[], start: number, into: Float32Array) =>
    into.set((draws[model ?? 0] ?? []).slice(start, start + into.length)),
}))

/** A draw below the density keeps the entry. */
const keep = (mask: Matrix): number[] => mask.flat().map((kept) => (kept === 1 ? 0.1 : 0.9))
const dropped = [
  [
    [1, 0, 1],
    [1, 1, 0],
  ],
  [
    [0, 1, 1],
    [0, 1, 1],
  ],
].map(keep)
const ranked = [0, 1].map(() => [0.6, 0.1, 0.65, 0.2, 0.72, 0.35])
const each = (weight: number) => [0, 1].map(() => ({ weight, density: 0.5 }))
const window = { epsilon: 0.2 }

it.each<[string, string, number[][], Asked, Matrix]>([
  [
    'dare-linear',
    'weights .5',
    dropped,
    { each: each(0.5) },
    [
      [1.4, -1.4, 0.65],
      [-0.3, 4.1, -0.9],
    ],
  ],
  [
    'dare-linear',
    'weights .3',
    dropped,
    { each: each(0.3) },
    [
      [1.24, -1.64, 0.59],
      [-0.18, 3.66, -0.94],
    ],
  ],
  [
    'dare-ties',
    'normalised',
    dropped,
    { each: each(0.5), params: { normalize: true } },
    [
      [1.8, -0.8, 0.8],
      [-0.6, 4.1, -0.8],
    ],
  ],
  [
    'dare-linear',
    'sums of magnitudes kept',
    dropped,
    { each: each(0.5), params: { rescale: 'l1' } },
    [
      [1.246153846, -1.6, 0.6],
      [-0.184615385, 3.702564103, -0.933333333],
    ],
  ],
  [
    'della',
    'weights 1',
    ranked,
    { each: each(1), params: window },
    [
      [1.571428571, -1.142857143, 0.5],
      [-0.6, 3, -1],
    ],
  ],
  [
    'della-linear',
    'weights .5',
    ranked,
    { each: each(0.5), params: window },
    [
      [1.285714286, -1.671428571, 0.5],
      [-0.1, 3, -1],
    ],
  ],
])('%s, %s: the worked numbers', (method, _, given, asked, expected) => {
  draws.splice(0, 2, ...given)
  expect(distance(rowsOf(merged(method, [one, two], { base, ...asked })), expected)).toBeLessThan(1e-6)
})

it.each<[string, string, number, number[][], Asked['params'], Matrix]>([
  [
    'dare',
    'of the first',
    0,
    dropped,
    {},
    [
      [0.8, 0, 0],
      [-0.6, 1.2, 0],
    ],
  ],
  [
    'dare',
    'of the second',
    1,
    dropped,
    {},
    [
      [0, 1.2, 0.3],
      [0, 1, 0.2],
    ],
  ],
  [
    'dare',
    'sums kept, of the first',
    0,
    dropped,
    { rescale: 'l1' },
    [
      [0.492307692, 0, 0],
      [-0.369230769, 0.738461538, 0],
    ],
  ],
  [
    'dare',
    'sums kept, of the second',
    1,
    dropped,
    { rescale: 'l1' },
    [
      [0, 0.8, 0.2],
      [0, 0.666666667, 0.133333333],
    ],
  ],
  [
    'della',
    'of the first',
    0,
    ranked,
    window,
    [
      [0.571428571, -0.2, 0],
      [-0.6, 0, 0],
    ],
  ],
  [
    'della',
    'of the second',
    1,
    ranked,
    window,
    [
      [0, 0.857142857, 0],
      [0.4, 0, 0],
    ],
  ],
])('the pruner %s, %s: the worked numbers', (name, _, model, given, params, expected) => {
  draws.splice(0, 2, ...given)
  const delta = minus(model === 0 ? one : two, base)
  expect(
    distance(rowsOf(pruned(name, [delta], { params: { density: 0.5, ...params }, labels: [`model ${model}`] })), expected),
  ).toBeLessThan(1e-6)
})
