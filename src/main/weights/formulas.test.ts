import { describe, expect, it } from 'vitest'
import type { Json } from '../../shared/json'
import { weightsCatalog } from './catalog'
import { type Asked, base, distance, type Matrix, matrix, merged, one, pruned, rowsOf, three, two } from './testing/fixture'

/**
 * The formula that *Why* shows, against what the method does: each is written out once more below, as it stands there, in the plainest arithmetic.
 * A formula that is changed has to be written out anew (its text stands in the table), and one that lies gives other numbers.
 */
type Vector = readonly number[]
type Values = { readonly [param: string]: number }
interface Row {
  readonly name: string
  readonly formula: string
  readonly params?: { readonly [name: string]: Json }
  readonly each?: readonly Values[]
  readonly statistics?: Asked['statistics']
  readonly models?: number
  /** false: no base is wired */
  readonly base?: false
  readonly of: (theta: readonly Vector[], b: Vector) => Vector
}

const at = (vector: Vector, i: number): number => vector[i] ?? Number.NaN
const map = (like: Vector, value: (i: number) => number): Vector => like.map((_, i) => value(i))
const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0)
const dot = (a: Vector, b: Vector): number => sum(map(a, (i) => at(a, i) * at(b, i)))
const norm = (a: Vector): number => Math.sqrt(dot(a, a))
const times = (factor: number, a: Vector): Vector => a.map((value) => factor * value)
const plus = (...vectors: readonly Vector[]): Vector => map(vectors[0] ?? [], (i) => sum(vectors.map((vector) => at(vector, i))))
const less = (a: Vector, b: Vector): Vector => plus(a, times(-1, b))
const mean = (values: Vector): number => sum(values) / values.length
const weighted = (weights: Vector, vectors: readonly Vector[]): Vector => plus(...vectors.map((vector, k) => times(at(weights, k), vector)))
const angle = (a: Vector, b: Vector): number => Math.acos(dot(a, b) / (norm(a) * norm(b)))
const arc = (t: number, a: Vector, b: Vector): Vector => {
  const omega = angle(a, b)
  return plus(times(Math.sin((1 - t) * omega) / Math.sin(omega), a), times(Math.sin(t * omega) / Math.sin(omega), b))
}
/** how many of the entries are larger in magnitude */
const rank = (a: Vector, i: number): number => a.filter((value) => Math.abs(value) > Math.abs(at(a, i))).length
const largest = (density: number, a: Vector): Vector => map(a, (i) => (rank(a, i) < Math.round(density * a.length) ? at(a, i) : 0))
/** without the largest `gamma`, then the largest of the rest until `density` is left */
const middle = (gamma: number, density: number, a: Vector): Vector => {
  const [without, left] = [Math.round(gamma * a.length), Math.round(density * a.length)]
  return map(a, (i) => (rank(a, i) >= without && rank(a, i) < without + left ? at(a, i) : 0))
}
/** Σ w_i [sign τ̂_i = s] τ̂_i / Σ w_i [sign τ̂_i = s], s = sign Σ w_i τ̂_i */
const elected = (w: Vector, taus: readonly Vector[], normalize = true): Vector =>
  map(taus[0] ?? [], (i) => {
    const s = Math.sign(sum(taus.map((tau, k) => at(w, k) * at(tau, i))))
    const agree = taus.map((tau, k) => (at(tau, i) !== 0 && Math.sign(at(tau, i)) === s ? at(w, k) : 0))
    const total = sum(taus.map((tau, k) => at(agree, k) * at(tau, i)))
    return total === 0 ? 0 : normalize ? total / sum(agree) : total
  })
const toBase = (theta: readonly Vector[], b: Vector): readonly Vector[] => theta.map((vector) => less(vector, b))

const w = [0.6, 0.3, 0.5]
const weights = w.map((weight) => ({ weight }))
const fisher = [
  [1, 4, 2, 0.5, 3, 1],
  [2, 1, 1, 3, 0.5, 4],
  [0.5, 2, 3, 1, 1, 2],
]
const diagonals = fisher.map((values) => ({ [`${matrix}.fisher`]: values }))

const rows: readonly Row[] = [
  { name: 'average', formula: 'θ* = (1/k) Σ θ_i', of: (theta) => times(1 / theta.length, plus(...theta)) },
  {
    name: 'linear',
    formula: 'θ* = Σ w_i θ_i{normalize? / Σ w_i}, w = {weight}',
    each: weights,
    of: (theta) => times(1 / sum(w), weighted(w, theta)),
  },
  {
    name: 'linear',
    formula: 'θ* = Σ w_i θ_i{normalize? / Σ w_i}, w = {weight}',
    each: weights,
    params: { normalize: false },
    of: (theta) => weighted(w, theta),
  },
  {
    name: 'task-arithmetic',
    formula: 'θ* = base + {scale} · Σ w_i (θ_i − base){normalize? / Σ w_i}, w = {weight}',
    each: weights,
    params: { scale: 0.7, normalize: true },
    of: (theta, b) => plus(b, times(0.7 / sum(w), weighted(w, toBase(theta, b)))),
  },
  {
    name: 'task-arithmetic',
    formula: 'θ* = base + {scale} · Σ w_i (θ_i − base){normalize? / Σ w_i}, w = {weight}',
    each: weights,
    params: { scale: 0.7, normalize: false },
    of: (theta, b) => plus(b, times(0.7, weighted(w, toBase(theta, b)))),
  },
  {
    name: 'slerp',
    formula: 'θ* = sin((1 − t)Ω) / sin Ω · θ_1 + sin(tΩ) / sin Ω · θ_2, t = {t}\nΩ: angle between θ_1 and θ_2, each tensor as one vector',
    models: 2,
    params: { t: 0.3 },
    of: ([a = [], b = []]) => arc(0.3, a, b),
  },
  ...([false, true] as const).flatMap((withBase): Row[] => {
    const of = (work: (vectors: readonly Vector[]) => Vector) => (theta: readonly Vector[], b: Vector) =>
      withBase ? plus(b, work(toBase(theta, b))) : work(theta)
    const wired = withBase ? {} : ({ base: false } as const)
    return [
      {
        name: 'nuslerp',
        formula:
          'θ* = sin((1 − t)Ω) / sin Ω · θ_1 + sin(tΩ) / sin Ω · θ_2\nt = w_2 / (w_1 + w_2), w = {weight}; Ω: angle between the two\nwith a base: of θ_i − base, added to it',
        models: 2,
        each: weights,
        ...wired,
        of: of(([a = [], b = []]) => arc(0.3 / (0.6 + 0.3), a, b)),
      },
      {
        name: 'multislerp',
        formula:
          'θ* = Σ w_i ‖θ_i‖ · exp_μ(Σ w_i (u_i − ⟨u_i, μ⟩ μ)), w = {weight}, divided by their sum\nu_i = θ_i / ‖θ_i‖; μ: direction of Σ w_i u_i\nwith a base: of θ_i − base, added to it',
        each: weights,
        ...wired,
        of: of((theta) => {
          const share = times(1 / sum(w), w)
          const units = theta.map((vector) => times(1 / norm(vector), vector))
          const center = weighted(share, units)
          const mu = times(1 / norm(center), center)
          const tangent = weighted(
            share,
            units.map((unit) => less(unit, times(dot(unit, mu), mu))),
          )
          const long = norm(tangent)
          const onSphere = plus(times(Math.cos(long), mu), times(long < 1e-12 ? 1 : Math.sin(long) / long, tangent))
          return times(sum(theta.map((vector, k) => at(share, k) * norm(vector))), onSphere)
        }),
      },
    ]
  }),
  {
    name: 'karcher',
    formula:
      'μ ← exp_μ(Σ w_i log_μ(θ_i / ‖θ_i‖)) until a step is below {tolerance}, {iterations} times at most; w = {weight}, divided by their sum\nθ* = Σ w_i ‖θ_i‖ · μ',
    each: weights,
    params: { tolerance: 1e-9, iterations: 100 },
    of: (theta) => {
      const share = times(1 / sum(w), w)
      const units = theta.map((vector) => times(1 / norm(vector), vector))
      let mu = times(1 / norm(weighted(share, units)), weighted(share, units))
      for (let step = 0; step < 100; step++) {
        const tangent = weighted(
          share,
          units.map((unit) => {
            const across = less(unit, times(dot(unit, mu), mu))
            return norm(across) < 1e-15 ? across : times(Math.acos(Math.min(1, dot(unit, mu))) / norm(across), across)
          }),
        )
        const long = norm(tangent)
        if (long < 1e-12) break
        mu = plus(times(Math.cos(long), mu), times(Math.sin(long) / long, tangent))
      }
      return times(sum(theta.map((vector, k) => at(share, k) * norm(vector))), mu)
    },
  },
  {
    name: 'ema',
    formula:
      'over the models number {first}, {first} + {stride}, … in the order of the wires, with d = {decay}\nfalling: e ← d · e + (1 − d) · θ; alike: their mean',
    params: { decay: 0.8 },
    of: ([first = [], ...rest]) => rest.reduce((e, theta) => plus(times(0.8, e), times(0.2, theta)), first),
  },
  {
    name: 'model-stock',
    formula: 'θ* = t · mean θ + (1 − t) · base\nt = k c / (1 + (k − 1) c), c = mean cosine of the θ_i − base{clamp?, 0 ≤ t ≤ 1}',
    models: 2,
    of: (theta, b) => {
      const [p = [], q = []] = toBase(theta, b)
      const c = dot(p, q) / (norm(p) * norm(q))
      const t = (2 * c) / (1 + c)
      return plus(times(t / 2, plus(...theta)), times(1 - t, b))
    },
  },
  {
    name: 'nearswap',
    formula: 'θ* = θ_1 + min(1, t / |θ_2 − θ_1|) · (θ_2 − θ_1), t = {t}',
    models: 2,
    params: { t: 0.25 },
    of: ([a = [], b = []]) => map(a, (i) => at(a, i) + Math.min(1, 0.25 / Math.abs(at(b, i) - at(a, i))) * (at(b, i) - at(a, i))),
  },
  { name: 'passthrough', formula: 'θ* = {scale} · θ', models: 1, params: { scale: 0.4 }, of: ([a = []]) => times(0.4, a) },
  {
    name: 'metagpt',
    formula: 'θ* = base + Σ λ_i τ_i, τ_i = θ_i − base\nλ_i = ‖τ_i‖² / Σ_k ‖τ_k‖²',
    of: (theta, b) => {
      const taus = toBase(theta, b)
      const squares = taus.map((tau) => dot(tau, tau))
      return plus(b, weighted(times(1 / sum(squares), squares), taus))
    },
  },
  {
    name: 'ties',
    formula:
      'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i: the largest {density} of θ_i − base; s = sign Σ w_i τ̂_i',
    each: weights.map((one) => ({ ...one, density: 0.5 })),
    params: { scale: 0.8 },
    of: (theta, b) =>
      plus(
        b,
        times(
          0.8,
          elected(
            w,
            toBase(theta, b).map((tau) => largest(0.5, tau)),
          ),
        ),
      ),
  },
  {
    name: 'breadcrumbs',
    formula:
      'θ* = base + {scale} · Σ w_i τ̂_i{normalize? / Σ w_i}, w = {weight}\nτ̂_i: θ_i − base without its largest {gamma}, then without its smallest, until {density} is left',
    each: weights.map((one) => ({ ...one, density: 0.5 })),
    params: { scale: 0.8, normalize: false, gamma: 1 / 6 },
    of: (theta, b) =>
      plus(
        b,
        times(
          0.8,
          weighted(
            w,
            toBase(theta, b).map((tau) => middle(1 / 6, 0.5, tau)),
          ),
        ),
      ),
  },
  {
    name: 'breadcrumbs-ties',
    formula:
      'θ* = base + {scale} · Σ w_i [sign τ̂_i = s] τ̂_i{normalize? / Σ w_i [sign τ̂_i = s]}, w = {weight}\nτ̂_i: θ_i − base without its largest {gamma}, then without its smallest, until {density} is left; s = sign Σ w_i τ̂_i',
    each: weights.map((one) => ({ ...one, density: 0.5 })),
    params: { scale: 0.8, normalize: true, gamma: 1 / 6 },
    of: (theta, b) =>
      plus(
        b,
        times(
          0.8,
          elected(
            w,
            toBase(theta, b).map((tau) => middle(1 / 6, 0.5, tau)),
          ),
        ),
      ),
  },
  {
    name: 'varm',
    formula:
      'θ* = base + Σ w_i (θ_i − base), w_i = v_i / Σ v\nv_i: mean square (or mean magnitude) of θ_i − base; with a temperature T > 0, w = softmax(v / Σ v / T), T = {temperature}',
    of: (theta, b) => {
      const taus = toBase(theta, b)
      const v = taus.map((tau) => mean(tau.map((value) => value * value)))
      return plus(b, weighted(times(1 / sum(v), v), taus))
    },
  },
  {
    name: 'fisher',
    formula:
      'θ* = Σ w_i F_i θ_i / Σ w_i F_i, w = {weight}\nF_i: diagonal of the Fisher information{normFisher?, divided by its length over all weights}, at least {floor}',
    each: weights,
    params: { floor: 1e-9 },
    statistics: diagonals,
    of: (theta) =>
      map(theta[0] ?? [], (i) => {
        const pull = fisher.map((diagonal, k) => (at(w, k) * at(diagonal, i)) / norm(diagonal))
        return sum(theta.map((vector, k) => at(pull, k) * at(vector, i))) / sum(pull)
      }),
  },
]

const flat = (rows: Matrix): Vector => rows.flat()

describe('the formula that is shown', () => {
  it.each(rows.map((row) => [row.name, row] as const))('of %s is what it does', (_, row) => {
    const method = weightsCatalog().method(row.name)
    expect(method?.formula).toBe(row.formula)
    const models = [one, two, three].slice(0, row.models ?? 3)
    const asked: Asked = {
      ...(row.base === false ? {} : { base }),
      ...(row.params ? { params: row.params } : {}),
      ...(row.each ? { each: row.each.slice(0, models.length) } : {}),
      ...(row.statistics ? { statistics: row.statistics } : {}),
    }
    const expected = row.of(models.map(flat), flat(base))
    expect(distance([rowsOf(merged(row.name, models, asked)).flat()], [expected])).toBeLessThan(2e-5)
  })

  it.each([
    ['scale', 'τ̂ = {factor} · τ', { factor: 0.3 }, (tau: Vector) => times(0.3, tau)],
    ['magnitude', 'τ̂ = τ where |τ| is among the largest {density}, else 0', { density: 0.5 }, (tau: Vector) => largest(0.5, tau)],
    [
      'breadcrumbs',
      'τ̂ = τ without its largest {gamma}, then without its smallest, until {density} is left',
      { gamma: 1 / 6, density: 0.5 },
      (tau: Vector) => middle(1 / 6, 0.5, tau),
    ],
  ] as const)('of the pruner %s is what it does', (name, formula, params, of) => {
    expect(weightsCatalog().pruner(name)?.formula).toBe(formula)
    const tau: Matrix = [flat(one).map((value, i) => value - at(flat(base), i) + 0.01 * (i + 1))]
    expect(distance([rowsOf(pruned(name, [tau], { params })).flat()], [of(flat(tau))])).toBeLessThan(1e-6)
  })

  it('of DARE keeps the share d, and divides it by d', () => {
    expect(weightsCatalog().pruner('dare')?.formula).toBe(
      'τ̂ = m ∘ τ, m ~ Bernoulli(d), d = {density}\nwhat stays is divided by d, unless another making up is chosen',
    )
    const tau = Array.from({ length: 20_000 }, (_, i) => 1 + (i % 7))
    const left = rowsOf(pruned('dare', [[tau]], { params: { density: 0.3 }, seed: 5 })).flat()
    const kept = left.filter((value) => value !== 0)
    expect(Math.abs(kept.length / tau.length - 0.3)).toBeLessThan(0.015)
    expect(Math.max(...left.map((value, i) => (value === 0 ? 0 : Math.abs(value - at(tau, i) / 0.3))))).toBeLessThan(1e-5)
  })
})
