import { drawUniform, philoxKey } from '../../kernels/philox'
import { matrix } from '../fixture'
import { type Row, seed, w, weights } from './row'
import { at, dot, elect, elected, largest, less, map, mean, middle, plus, rank, sum, times, toBase, type Vector, weighted } from './vectors'

/** the mask of a model: which of its entries a chance to stay of p_i keeps */
export const drawn = (seed: number, k: number, p: Vector): readonly boolean[] => {
  const draws = new Float32Array(p.length)
  drawUniform(philoxKey(seed, `model ${k}`, matrix), 0, draws)
  return p.map((chance, i) => at([...draws], i) < chance)
}
/** d − ε + 2 ε r / (n − 1) with ranks in rows of n */
export const byRank = (tau: Vector, n: number, d: number, epsilon: number): Vector =>
  map(tau, (i) => {
    const row = tau.slice(i - (i % n), i - (i % n) + n)
    const smaller = row.filter(
      (value, j) => Math.abs(value) < Math.abs(at(tau, i)) || (Math.abs(value) === Math.abs(at(tau, i)) && j < i % n),
    )
    return d - epsilon + (2 * epsilon * smaller.length) / (n - 1)
  })
export type MakingUp = 'inverse_keep' | 'l1' | 'none'
export const thinned = (tau: Vector, p: Vector, k: number, how: MakingUp): Vector => {
  const stays = drawn(seed, k, p)
  const left = map(tau, (i) => (stays[i] ? at(tau, i) : 0))
  const total = (values: Vector) => sum(values.map(Math.abs))
  const c = (i: number) => (how === 'inverse_keep' ? 1 / at(p, i) : how === 'l1' ? total(tau) / (total(left) || total(tau)) : 1)
  return map(left, (i) => c(i) * at(left, i))
}
/** with the sum of magnitudes that there was, where it is asked */
const restored = (again: boolean, tau: Vector, left: Vector): Vector =>
  again ? times(sum(tau.map(Math.abs)) / sum(left.map(Math.abs)), left) : left
export const each = (value: number, like: Vector): Vector => like.map(() => value)
export const makingUp: { readonly [how in MakingUp]: readonly [string, string] | undefined } = {
  inverse_keep: ['inverse_keep', 'c = 1 / p'],
  l1: ['l1', 'c = Σ |τ| / Σ |m ∘ τ|, over the tensor'],
  none: ['none', 'c = 1'],
}
export const ranks = {
  row: ['row', 'p = d − ε + 2 ε r / (n − 1), r: rank of |τ| in its row of n, the smallest is 0'],
  tensor: ['tensor', 'p = d − ε + 2 ε r / (n − 1), r: rank of |τ| in its tensor of n, the smallest is 0'],
} as const
export const hows = ['inverse_keep', 'l1', 'none'] as const
export const optionOf = (how: MakingUp) => ({ rescale: makingUp[how] ?? (['', ''] as const) })

/** Methods that drop a part of what each model changed. */
export const sparse: readonly Row[] = [
  ...[false, true].map(
    (rescale): Row => ({
      name: 'ties',
      formula:
        'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i: the largest {density} of θ_i − base{rescale?, times Σ |θ_i − base| / Σ |τ̂_i|}; s = sign Σ w_i τ̂_i',
      each: weights.map((one) => ({ ...one, density: 0.5 })),
      params: { scale: 0.8, rescale },
      of: (theta, b) =>
        plus(
          b,
          times(
            0.8,
            elected(
              w,
              toBase(theta, b).map((tau) => restored(rescale, tau, largest(0.5, tau))),
            ),
          ),
        ),
    }),
  ),
  ...[false, true].map(
    (rescale): Row => ({
      name: 'breadcrumbs',
      formula:
        'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}\nτ̂_i: θ_i − base without its largest {gamma}, then without its smallest, until {density} is left{rescale?, times Σ |θ_i − base| / Σ |τ̂_i| of the tensor}',
      each: weights.map((one) => ({ ...one, density: 0.5 })),
      params: { scale: 0.8, normalize: false, gamma: 1 / 6, rescale },
      of: (theta, b) =>
        plus(
          b,
          times(
            0.8,
            weighted(
              w,
              toBase(theta, b).map((tau) => restored(rescale, tau, middle(1 / 6, 0.5, tau))),
            ),
          ),
        ),
    }),
  ),
  ...[false, true].map(
    (rescale): Row => ({
      name: 'breadcrumbs-ties',
      formula:
        'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i: θ_i − base without its largest {gamma}, then without its smallest, until {density} is left{rescale?, times Σ |θ_i − base| / Σ |τ̂_i| of the tensor}; s = sign Σ w_i τ̂_i',
      each: weights.map((one) => ({ ...one, density: 0.5 })),
      params: { scale: 0.8, normalize: true, gamma: 1 / 6, rescale },
      of: (theta, b) =>
        plus(
          b,
          times(
            0.8,
            elected(
              w,
              toBase(theta, b).map((tau) => restored(rescale, tau, middle(1 / 6, 0.5, tau))),
            ),
          ),
        ),
    }),
  ),
  ...hows.flatMap((how): Row[] => {
    const made = 'τ̂_i = c · m_i ∘ τ_i, τ_i = θ_i − base, m_i ~ Bernoulli(p)'
    const sumOf = 'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}'
    const electedOf = 'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}'
    const alike = `${made}, p = {density}`
    const ranked = `${made}, d = {density}, ε = {epsilon}`
    const chances = (unit: number) => (tau: Vector) => (unit === 0 ? each(0.6, tau) : byRank(tau, unit, 0.6, 0.2))
    const dropped = (unit: number) => (theta: readonly Vector[], b: Vector) =>
      toBase(theta, b).map((tau, k) => thinned(tau, chances(unit)(tau), k, how))
    const common = { each: weights.map((one) => ({ ...one, density: 0.6 })), options: optionOf(how) }
    return [
      {
        ...common,
        name: 'dare-linear',
        formula: `${sumOf}\n${alike}`,
        params: { scale: 0.8, normalize: false, rescale: how },
        of: (theta, b) => plus(b, times(0.8, weighted(w, dropped(0)(theta, b)))),
      },
      {
        ...common,
        name: 'dare-ties',
        formula: `${electedOf}\n${alike}; s = sign Σ w_i τ̂_i`,
        params: { scale: 0.8, normalize: false, rescale: how },
        of: (theta, b) => plus(b, times(0.8, elected(w, dropped(0)(theta, b), false))),
      },
      ...(['row', 'tensor'] as const).flatMap((unit): Row[] => [
        {
          ...common,
          options: { ...common.options, ranks: ranks[unit] },
          name: 'della-linear',
          formula: `${sumOf}\n${ranked}`,
          params: { scale: 0.8, normalize: true, rescale: how, epsilon: 0.2, ranks: unit },
          of: (theta, b) => plus(b, times(0.8 / sum(w), weighted(w, dropped(unit === 'row' ? 3 : 6)(theta, b)))),
        },
        {
          ...common,
          options: { ...common.options, ranks: ranks[unit] },
          name: 'della',
          formula: `${electedOf}\n${ranked}; s = sign Σ w_i τ̂_i`,
          params: { scale: 0.8, normalize: true, rescale: how, epsilon: 0.2, ranks: unit },
          of: (theta, b) => plus(b, times(0.8, elected(w, dropped(unit === 'row' ? 3 : 6)(theta, b)))),
        },
      ]),
    ]
  }),
  ...[
    [1, 0],
    [0.5, 0],
    [0.5, 1],
  ].map(
    ([select = 1, floor = 0]): Row => ({
      name: 'sce',
      formula:
        'θ* = base + Σ w_i [sign τ̂_i = s] τ̂_i / Σ w_i [sign τ̂_i = s], w_i ∝ Σ τ̂_i² of the tensor (all alike where the means of τ̂_i² sum to less than {floor})\nτ̂_i: θ_i − base where its variance over the models is among the largest {select} of those above 0; s = sign Σ τ̂_i',
      params: { select, floor },
      of: (theta, b) => {
        const taus = toBase(theta, b)
        const variance = map(b, (i) => {
          const here = taus.map((tau) => at(tau, i))
          return mean(here.map((value) => (value - mean(here)) ** 2))
        })
        const count = Math.floor(select * variance.filter((value) => value > 0).length)
        const kept = taus.map((tau) => map(tau, (i) => (select === 1 || rank(variance, i) < count ? at(tau, i) : 0)))
        // the mean squares of the fixture sum to less than 1
        const energies = kept.map((tau) => (floor === 1 ? 1 / kept.length : dot(tau, tau)))
        return plus(
          b,
          map(b, (i) => {
            const here = elect(kept.map((tau) => at(tau, i)))
            const share = sum(here.map((value, k) => (value === 0 ? 0 : at(energies, k))))
            return share === 0 ? 0 : sum(here.map((value, k) => value * at(energies, k))) / Math.max(floor, share)
          }),
        )
      },
    }),
  ),
  ...[false, true].map(
    (more): Row => ({
      name: 'ram',
      formula:
        'θ* = base + mean of the τ_i with |τ_i| > {threshold}, τ_i = θ_i − base\nwhere only one model moved, its τ_i alone{plus?, times 1 + gain · min(limit, shared / own), counts of its entries in the tensor}',
      params: { threshold: 0.22, plus: more, gain: 0.5, limit: 1.5 },
      of: (theta, b) => {
        const moved = toBase(theta, b).map((tau) => tau.map((value) => (Math.abs(value) > 0.22 ? value : 0)))
        const movers = map(b, (i) => moved.filter((tau) => at(tau, i) !== 0).length)
        const factors = moved.map((tau) => {
          const count = (alone: boolean) => tau.filter((value, i) => value !== 0 && (at(movers, i) === 1) === alone).length
          return more && count(true) > 0 ? 1 + 0.5 * Math.min(1.5, count(false) / count(true)) : 1
        })
        const joined = (i: number) =>
          at(movers, i) === 1 ? weighted(factors, moved) : times(1 / Math.max(1, at(movers, i)), plus(...moved))
        return plus(
          b,
          map(b, (i) => at(joined(i), i)),
        )
      },
    }),
  ),
  {
    name: 'online-merging',
    formula: 'v_1 = α (θ_1 − base), v_2 = (1 − α) τ̂, α = {alpha}',
    models: 2,
    params: { alpha: 0.4, density: 0.5 },
    options: {
      thinning: ['magnitude', 'θ* = θ_1 + Σ v_i [sign v_i = s], s = sign Σ v_i; τ̂: the largest {density} of θ_2 − θ_1'],
    },
    of: ([instruct = [], aligned = []], b) => {
      const [first, second] = [times(0.4, less(instruct, b)), times(0.6, largest(0.5, less(aligned, instruct)))]
      return plus(
        instruct,
        map(b, (i) => sum(elect([at(first, i), at(second, i)]))),
      )
    },
  },
  {
    name: 'online-merging',
    formula: 'v_1 = α (θ_1 − base), v_2 = (1 − α) τ̂, α = {alpha}',
    models: 2,
    params: { alpha: 0.4, density: 0.5, thinning: 'random' },
    options: { thinning: ['random', 'θ* = θ_1 + v_1 + v_2; τ̂ = m ∘ (θ_2 − θ_1), m ~ Bernoulli({density})'] },
    of: ([instruct = [], aligned = []], b) => {
      const step = less(aligned, instruct)
      return plus(instruct, times(0.4, less(instruct, b)), times(0.6, thinned(step, each(0.5, step), 1, 'none')))
    },
  },
  {
    name: 'adamerging-plus-plus',
    formula:
      'θ* = base + {scale} · Σ w_i τ̂_i, w = {weight}\nτ̂_i: the largest {density} of θ_i − base, of these the ones with sign s = sign Σ τ̂_i',
    each: weights.map((one) => ({ ...one, density: 0.5 })),
    params: { scale: 0.8 },
    of: (theta, b) => {
      const kept = toBase(theta, b).map((tau) => largest(0.5, tau))
      const joined = map(b, (i) => dot(w, elect(kept.map((tau) => at(tau, i)))))
      return plus(b, times(0.8, joined))
    },
  },
]
