import { describe, expect, it } from 'vitest'
import { type Asked, base, distance, type Matrix, matrix, merged, one, rowsOf, two } from '../testing/fixture'

const fisher1 = [4, 1, 0, 2, 0.5, 0]
const fisher2 = [1, 3, 0, 2, 0.5, 8]
const fisher = [{ [`${matrix}.fisher`]: fisher1 }, { [`${matrix}.fisher`]: fisher2 }]
const everywhere = { favorTarget: false }

/** X1 and X2 of the card as mean Gram matrices would be, times the number of rows: only their ratio matters. */
const gram1 = [6, 1, 4, 1, 2, 1, 4, 1, 6]
const gram2 = [2, 1, 1, 1, 6, 6, 1, 6, 11]
const grams = [{ [`${matrix}.gram`]: gram1 }, { [`${matrix}.gram`]: gram2 }]

const rows: [string, string, Asked, Matrix][] = [
  [
    'fisher',
    'a floor for all, as it is',
    { statistics: fisher, params: { ...everywhere, normFisher: false } },
    [
      [1.27, -1.575, 0.575],
      [-0.05, 3.55, -0.900000037],
    ],
  ],
  [
    'fisher',
    'normalised',
    { statistics: fisher, params: everywhere },
    [
      [1.32507881, -1.673079255, 0.551388416],
      [-0.128705281, 3.565741056, -0.900000072],
    ],
  ],
  [
    'fisher',
    'weights .7 and .3',
    { statistics: fisher, params: { ...everywhere, normFisher: false }, each: [{ weight: 0.7 }, { weight: 0.3 }] },
    [
      [1.337096774, -1.70625, 0.545],
      [-0.15, 3.57, -0.900000087],
    ],
  ],
  [
    'uncertainty',
    'α = 1',
    { base, statistics: fisher, baseStatistics: { [`${matrix}.fisher`]: [1, 1, 2, 0.5, 0.5, 0.5] } },
    [
      [1.25, -1.56, 0.65],
      [-0.055555556, 3.733333333, -0.911764706],
    ],
  ],
  [
    'uncertainty',
    'α = .5',
    {
      base,
      statistics: fisher,
      baseStatistics: { [`${matrix}.fisher`]: [1, 1, 2, 0.5, 0.5, 0.5] },
      each: [{ weight: 0.5 }, { weight: 0.5 }],
    },
    [
      [1.214285714, -1.633333333, 0.575],
      [-0.05, 3.55, -0.916666667],
    ],
  ],
  [
    'regmean',
    'all correlations',
    { statistics: grams, params: { offDiagonal: 1 } },
    [
      [1.100880282, -1.652288732, 0.709507042],
      [-0.259683099, 3.675176056, -1.054577465],
    ],
  ],
  [
    'regmean',
    'off-diagonals at .9',
    { statistics: grams },
    [
      [1.123919385, -1.629408354, 0.683684435],
      [-0.252430812, 3.648385104, -1.041699265],
    ],
  ],
  [
    'regmean',
    'the diagonal alone',
    { statistics: grams, params: { offDiagonal: 0 } },
    [
      [1.2375, -1.575, 0.597058824],
      [-0.175, 3.525, -1.005882353],
    ],
  ],
  [
    'regmean',
    'energies alone',
    { statistics: [{ [`${matrix}.energy`]: [6, 2, 6] }, { [`${matrix}.energy`]: [2, 6, 11] }] },
    [
      [1.2375, -1.575, 0.597058824],
      [-0.175, 3.525, -1.005882353],
    ],
  ],
]

describe('worked numbers of methods that weigh by statistics', () => {
  it.each(rows)('%s: %s', (name, _, asked, expected) => {
    expect(distance(rowsOf(merged(name, [one, two], asked)), expected)).toBeLessThan(1e-6)
  })
})

describe('fisher', () => {
  it('keeps the first model where nobody knows anything', () => {
    const [top] = rowsOf(merged('fisher', [one, two], { statistics: fisher, params: { normFisher: false } }))
    expect(top?.[2]).toBeCloseTo(0.5, 6)
  })
  it('with equal information is the average, and without any too', () => {
    const average = rowsOf(merged('average', [one, two]))
    const equal = { [`${matrix}.fisher`]: [2, 2, 2, 2, 2, 2] }
    expect(distance(rowsOf(merged('fisher', [one, two], { statistics: [equal, equal] })), average)).toBeLessThan(1e-6)
    expect(distance(rowsOf(merged('fisher', [one, two])), average)).toBeLessThan(1e-6)
  })
  it('takes the energy of a column for all its rows', () => {
    const energies = [{ [`${matrix}.energy`]: [4, 1, 0] }, { [`${matrix}.energy`]: [1, 3, 0] }]
    const asRows = [{ [`${matrix}.fisher`]: [4, 1, 0, 4, 1, 0] }, { [`${matrix}.fisher`]: [1, 3, 0, 1, 3, 0] }]
    expect(rowsOf(merged('fisher', [one, two], { statistics: energies }))).toEqual(
      rowsOf(merged('fisher', [one, two], { statistics: asRows })),
    )
  })
  it('refuses exact information beside energies, and another shape', () => {
    const mixed = { statistics: [fisher[0] ?? {}, { [`${matrix}.energy`]: [1, 3, 0] }] }
    expect(() => merged('fisher', [one, two], mixed)).toThrow(/exact Fisher information of some models/)
    expect(() => merged('fisher', [one, two], { statistics: [{ [`${matrix}.fisher`]: [1] }, { [`${matrix}.fisher`]: [1] }] })).toThrow(
      /another shape/,
    )
  })
})

it.each(['fisher', 'uncertainty', 'regmean'])('%s refuses statistics that are below 0 or no numbers, by the tensor', (name) => {
  const given = name === 'uncertainty' ? { base } : {}
  for (const quantity of name === 'regmean' ? ['energy'] : ['fisher', 'energy'])
    for (const wrong of [-1, Number.NaN, Infinity]) {
      const values = Array.from({ length: quantity === 'fisher' ? 6 : 3 }, () => 1)
      const statistics = [{ [`${matrix}.${quantity}`]: values }, { [`${matrix}.${quantity}`]: values.with(1, wrong) }]
      const run = () => merged(name, [one, two], { ...given, statistics })
      expect(run).toThrow(expect.objectContaining({ code: 'statistics-missing', details: { card: 'E_STATS' } }))
      expect(run).toThrow(/below 0, or no numbers, for blk\.0\.ffn_up\.weight/)
    }
})

describe('uncertainty', () => {
  it('without information is task arithmetic, and of one model that model', () => {
    const weights = { each: [{ weight: 0.7 }, { weight: 0.4 }], base }
    expect(
      distance(rowsOf(merged('uncertainty', [one, two], weights)), rowsOf(merged('task-arithmetic', [one, two], weights))),
    ).toBeLessThan(1e-6)
    expect(distance(rowsOf(merged('uncertainty', [one], { base, statistics: fisher.slice(0, 1) })), one)).toBeLessThan(1e-6)
  })
})

describe('regmean', () => {
  it('of equal models is that model, and of one model too', () => {
    expect(distance(rowsOf(merged('regmean', [one, one], { statistics: grams })), one)).toBeLessThan(1e-6)
    expect(distance(rowsOf(merged('regmean', [one], { statistics: grams.slice(0, 1) })), one)).toBeLessThan(1e-6)
  })
  it('keeps what a model does to inputs that only it has seen', () => {
    // each model saw one direction; the merge does on it what that model did, which no average does
    const seen = (axis: number): number[] => Array.from({ length: 9 }, (_, i) => (i === axis * 4 ? 1 : 0))
    const statistics = [{ [`${matrix}.gram`]: seen(0) }, { [`${matrix}.gram`]: seen(1) }]
    const [top] = rowsOf(merged('regmean', [one, two], { statistics }))
    expect(top?.[0]).toBeCloseTo(1.4, 5)
    expect(top?.[1]).toBeCloseTo(-1.4, 5)
    // nobody saw the third: plain average
    expect(top?.[2]).toBeCloseTo(0.575, 5)
  })
})

describe('fisher-mask', () => {
  const units = (...values: number[]) => ({ 'blk.0.ffn_down.weight.units': values })
  it('with equal masks is the average', () => {
    const average = rowsOf(merged('average', [one, two]))
    expect(distance(rowsOf(merged('fisher-mask', [one, two], { statistics: [units(3, 3), units(3, 3)] })), average)).toBeLessThan(1e-6)
    expect(distance(rowsOf(merged('fisher-mask', [one, two], { statistics: [units(0, 0), units(0, 0)] })), average)).toBeLessThan(1e-6)
  })
  it('takes the row of a unit from the only model that depends on it', () => {
    const [first, second] = rowsOf(merged('fisher-mask', [one, two], { statistics: [units(0, 1), units(3, 1)] }))
    expect(distance([first ?? []], [two[0] as number[]])).toBeLessThan(1e-6)
    expect(second?.[0]).toBeCloseTo(-0.05, 6)
  })
})
