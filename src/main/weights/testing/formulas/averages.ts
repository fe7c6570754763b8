import { type Row, w, weights } from './row'
import { arc, at, dot, less, map, mean, norm, plus, rowsIn, softmax, sum, times, toBase, type Vector, weighted } from './vectors'

/** Methods that see the weights alone. */
export const averages: readonly Row[] = [
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
      ...[true, false].map(
        (normalize): Row => ({
          name: 'multislerp',
          formula:
            'θ* = Σ w_i ‖θ_i‖ · exp_μ(Σ w_i (u_i − ⟨u_i, μ⟩ μ)), w = {weight}{normalize?, divided by their sum}\nu_i = θ_i / ‖θ_i‖; μ: direction of Σ w_i u_i\nwith a base: of θ_i − base, added to it',
          each: weights,
          params: { normalize },
          ...wired,
          of: of((theta) => {
            const share = normalize ? times(1 / sum(w), w) : w
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
        }),
      ),
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
  ...[0, 1].map(
    (floor): Row => ({
      name: 'model-stock',
      formula:
        'θ* = t · mean θ + (1 − t) · base\nt = k c / (1 + (k − 1) c), c = mean cosine of the θ_i − base{clamp?; t = 0 where c ≤ 0}\ncosine: ⟨a, b⟩ / max(‖a‖ ‖b‖, {floor})',
      models: 2,
      params: { floor },
      of: (theta, b) => {
        const [p = [], q = []] = toBase(theta, b)
        // the lengths of the fixture have a product below 1
        const c = dot(p, q) / Math.max(norm(p) * norm(q), floor)
        const t = (2 * c) / (1 + c)
        return plus(times(t / 2, plus(...theta)), times(1 - t, b))
      },
    }),
  ),
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
    name: 'arcee-fusion',
    formula:
      'θ* = θ_2 where I ≥ q_2 + 1.5 · (q_3 − q_1), else θ_1; q: quartiles of I in the tensor\nI = |θ_2 − θ_1| · KL(softmax θ_2 ‖ softmax θ_1), by row',
    models: 2,
    of: ([a = [], b = []]) => {
      const importance = rowsIn(a, 3).flatMap((row, r) => {
        const [q, p] = [softmax(row), softmax(rowsIn(b, 3)[r] ?? [])]
        return [...times(sum(map(p, (i) => at(p, i) * Math.log(at(p, i) / at(q, i)))), less(rowsIn(b, 3)[r] ?? [], row))].map(Math.abs)
      })
      const sorted = [...importance].sort((x, y) => x - y)
      const quartile = (share: number) => at(sorted, Math.floor(share * (sorted.length - 1)))
      const bar = quartile(0.5) + 1.5 * (quartile(0.75) - quartile(0.25))
      return map(a, (i) => (at(importance, i) >= bar ? at(b, i) : at(a, i)))
    },
  },
]
