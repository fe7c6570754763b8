import { type Asked, base, type Matrix, one, three, two } from './fixture'

const each = (name: string, ...values: readonly number[]): { readonly [name: string]: number }[] =>
  values.map((value) => ({ [name]: value }))

/** The worked numbers of each method's card: name, what is asked, the models, the result. */
export const workedNumbers: [string, string, readonly Matrix[], Asked, Matrix][] = [
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
  ['online-merging', 'α = 0 is the aligned model, at random too', [one, two], { base, params: { alpha: 0, thinning: 'random' } }, two],
]
