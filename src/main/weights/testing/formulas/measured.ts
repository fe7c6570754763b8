import { matrix } from '../fixture'
import { type Row, w, weights } from './row'
import { at, map, mean, norm, plus, rowsIn, solved, sum, times, timesMatrix, toBase, weighted } from './vectors'

const grams = [
  [
    [4, 1, 0.5],
    [1, 2, -0.3],
    [0.5, -0.3, 1],
  ],
  [
    [1, -0.2, 0.1],
    [-0.2, 3, 0.4],
    [0.1, 0.4, 2],
  ],
  [
    [2, 0.3, -0.6],
    [0.3, 1, 0.2],
    [-0.6, 0.2, 5],
  ],
]
const fisherOfBase = [0.5, 1, 0.2, 2, 1, 0.3]
const [loraA, loraB] = [
  [
    [1, -0.5, 2],
    [0.3, 0.8, -1],
  ],
  [
    [0.2, -1],
    [0.7, 0.4],
  ],
]
const linearMap = [
  [1, 0.2, 0],
  [-0.1, 0.9, 0.3],
  [0, 0.1, 1.1],
]
const masks = [
  { units: [2, 0.5], heads: [1, 3] },
  { units: [0.4, 1.2], heads: [0.6, 0.2] },
  { units: [1, 0.1], heads: [2, 2] },
]
const fisher = [
  [1, 4, 2, 0.5, 3, 1],
  [2, 1, 1, 3, 0.5, 4],
  [0.5, 2, 3, 1, 1, 2],
]
const diagonals = fisher.map((values) => ({ [`${matrix}.fisher`]: values }))

/** Methods that know what was measured of the models. */
export const measured: readonly Row[] = [
  {
    name: 'fisher',
    formula:
      'θ* = Σ w_i F_i θ_i / Σ w_i F_i, w = {weight}\nF_i: diagonal of the Fisher information, at least {floor}{favorTarget? for the first model}{normFisher?, divided by its length over all weights}',
    each: weights,
    params: { floor: 0.75 },
    statistics: diagonals,
    of: (theta) =>
      map(theta[0] ?? [], (i) => {
        const pull = fisher.map((diagonal, k) => (at(w, k) * Math.max(k === 0 ? 0.75 : 0, at(diagonal, i))) / norm(diagonal))
        return sum(theta.map((vector, k) => at(pull, k) * at(vector, i))) / sum(pull)
      }),
  },
  {
    name: 'regmean',
    formula:
      'W* = (Σ w_i W_i G_i) (Σ w_i G_i)⁻¹, w = {weight}\nG_i = XᵀX of what flows in, its off-diagonals × {offDiagonal}; all else: Σ w_i θ_i / Σ w_i',
    each: weights,
    params: { offDiagonal: 0.7 },
    statistics: grams.map((gram) => ({ [`${matrix}.gram`]: gram.flat() })),
    of: (theta) => {
      const damped = grams.map((gram) => gram.map((row, r) => row.map((value, c) => (r === c ? value : 0.7 * value))))
      const total = map([0, 0, 0], (i) => i).map((r) =>
        weighted(
          w,
          damped.map((gram) => gram[r] ?? []),
        ),
      )
      const wanted = theta.map((vector, k) => rowsIn(vector, 3).map((row) => timesMatrix(row, damped[k] ?? [])))
      return [0, 1].flatMap((r) => [
        ...solved(
          total,
          weighted(
            w,
            wanted.map((rows) => rows[r] ?? []),
          ),
        ),
      ])
    },
  },
  {
    name: 'regmean',
    formula:
      'W* = (Σ w_i W_i G_i) (Σ w_i G_i)⁻¹, w = {weight}\nG_i = XᵀX of what flows in, its off-diagonals × {offDiagonal}; all else: Σ w_i θ_i / Σ w_i',
    each: weights,
    statistics: grams.map(() => ({ 'blk.9.ffn_up.weight.gram': [1] })),
    of: (theta) => times(1 / sum(w), weighted(w, theta)),
  },
  {
    name: 'uncertainty',
    formula:
      'θ* = base + Σ w_i (c H_i + H_0 + δ) (θ_i − base) / (Σ w_i c H_i + H_0 + δ), w = {weight}\nH: diagonal of the Fisher information, c = {informationScale}, δ = {delta}',
    each: weights,
    params: { informationScale: 3, delta: 0.1 },
    statistics: diagonals,
    baseStatistics: { [`${matrix}.fisher`]: fisherOfBase },
    of: (theta, b) => {
      const common = (i: number) => at(fisherOfBase, i) + 0.1
      const taus = toBase(theta, b)
      const above = (i: number) => sum(taus.map((tau, k) => at(w, k) * (3 * at(fisher[k] ?? [], i) + common(i)) * at(tau, i)))
      const below = (i: number) => sum(taus.map((_, k) => at(w, k) * 3 * at(fisher[k] ?? [], i))) + common(i)
      return plus(
        b,
        map(b, (i) => above(i) / below(i)),
      )
    },
  },
  {
    name: 'lora',
    formula: 'W* = W + {scale} · B A',
    models: 1,
    base: false,
    params: { scale: 0.5 },
    statistics: [{ [`${matrix}.loraA`]: loraA.flat(), [`${matrix}.loraB`]: loraB.flat() }],
    of: ([own = []]) =>
      plus(
        own,
        loraB.flatMap((row) => [...times(0.5, weighted(row, loraA))]),
      ),
  },
  {
    name: 'surgery',
    formula: 'W* = W M',
    models: 1,
    base: false,
    statistics: [{ [`${matrix}.map`]: linearMap.flat() }],
    of: ([own = []]) => rowsIn(own, 3).flatMap((row) => [...timesMatrix(row, linearMap)]),
  },
  {
    name: 'repair',
    formula: 'W*[row] = scale[row] · W[row], bias*[row] = bias[row] + shift[row]',
    models: 1,
    base: false,
    statistics: [{ [`${matrix}.scale`]: [0.5, 1.3] }],
    of: ([own = []]) => rowsIn(own, 3).flatMap((row, r) => [...times(at([0.5, 1.3], r), row)]),
  },
  ...[false, true].map(
    (normMasks): Row => ({
      name: 'fisher-mask',
      formula:
        'θ* = Σ w_i M_i θ_i / Σ w_i M_i, w = {weight}\nM_i: mean squared gradient of a mask on each head and hidden unit{normMasks?, divided by mean over heads + mean over units, on the mean of the layers}',
      each: weights,
      params: { normMasks },
      statistics: masks.map(({ units, heads }) => ({ 'blk.0.ffn_down.weight.units': units, 'blk.0.attn_output.weight.heads': heads })),
      of: (theta) => {
        const pull = (r: number) =>
          masks.map(({ units, heads }, k) => (at(w, k) * at(units, r)) / (normMasks ? mean(units) + mean(heads) : 1))
        return [0, 1].flatMap((r) => [
          ...times(
            1 / sum(pull(r)),
            weighted(
              pull(r),
              theta.map((vector) => rowsIn(vector, 3)[r] ?? []),
            ),
          ),
        ])
      },
    }),
  ),
]
