import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../shared/json'
import { argmax, entropy, probabilities, topK } from './distribution'
import { isDivergent } from './judge'
import { operators } from './operators'
import { paramValues } from './params'
import { Row, rowOf } from './row'
import { applyRow, type Inputs } from './testing/apply-row'

/** The numbers of the method cards: six tokens a … f, an expert and an amateur; a base with a tuned and an untuned small model. */
const ze = [3.0, 2.5, 1.0, 0.0, -1.0, -2.0]
const za = [3.2, 1.0, 1.5, 0.5, -3.5, -1.0]
const zb = [2.0, 1.8, 1.0, 0.5, 0.0, -1.0]
const zt = [1.0, 2.5, 1.2, 0.2, -0.5, 0.3]
const zu = [1.5, 1.0, 1.2, 0.6, -0.2, 0.1]
const E = rowOf(ze)
const A = rowOf(za)

const apply = (...args: Parameters<typeof applyRow>): number[] => probabilities(applyRow(...args))

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-6): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((x, i) => {
    expect(Math.abs(x - (expected[i] as number)), `entry ${i}: ${x} against ${expected[i]}`).toBeLessThanOrEqual(tolerance)
  })
}

const logs = (ps: readonly number[]): Row => rowOf(ps.map(Math.log))

describe('worked numbers of the cards', () => {
  it('averages in both spaces, and temperature commutes only with the product (D0)', () => {
    const weights = { weights: [0.6, 0.4] }
    const linear = [0.620772, 0.232506, 0.097767, 0.035967, 0.006407, 0.006582]
    expectClose(apply('linear-mix', { models: [E, A] }, weights), linear)
    expectClose(apply('log-linear-mix', { models: [E, A] }, weights), [0.652954, 0.200639, 0.099634, 0.036653, 0.004061, 0.006059])
    const cold = (row: Row): Row => applyRow('temperature', { of: row }, { temperature: 0.5 })
    expectClose(
      probabilities(cold(applyRow('linear-mix', { models: [E, A] }, weights))),
      [0.855679, 0.120037, 0.021224, 0.002872, 0.000091, 0.000096],
    )
    expectClose(apply('linear-mix', { models: [cold(E), cold(A)] }, weights), [0.812758, 0.16358, 0.02062, 0.002791, 0.000145, 0.000105])
    const product = [0.892077, 0.08423, 0.020771, 0.002811, 0.000035, 0.000077]
    expectClose(probabilities(cold(applyRow('log-linear-mix', { models: [E, A] }, weights))), product)
    expectClose(apply('log-linear-mix', { models: [cold(E), cold(A)] }, weights), product)
  })

  it('purifies, and the bounds hold with equality (D1)', () => {
    const mean = [0.671537, 0.174089, 0.105591, 0.038845, 0.003189, 0.00675]
    expectClose(apply('cp-delta', { untrusted: E, trusted: A }), mean)
    const kl = (p: number[], q: Row): number => p.reduce((sum, x, v) => sum + x * (Math.log(x) - q.logprob(v)), 0)
    const exact = apply('cp-delta', { untrusted: E, trusted: A })
    const overlap = probabilities(E).reduce((sum, p, v) => sum + Math.sqrt(p * (probabilities(A)[v] as number)), 0)
    expect(overlap).toBeCloseTo(0.941529, 6)
    expect(kl(exact, E)).toBeCloseTo(0.070924, 5)
    expect(kl(exact, A)).toBeCloseTo(0.049577, 5)
    expect(kl(exact, E) + kl(exact, A)).toBeCloseTo(-2 * Math.log(overlap), 5)
    expectClose(
      apply('cp-delta', { untrusted: E, trusted: A }, { form: 'minimum' }),
      [0.746448, 0.109126, 0.101021, 0.037163, 0.001212, 0.00503],
    )
    expectClose(
      apply('cp-delta', { untrusted: E, trusted: A }, { share: 0.7 }),
      [0.631517, 0.23001, 0.093515, 0.034402, 0.005146, 0.005409],
    )
  })

  it('contrasts by score difference, with the mask that saves it from nonsense (N1)', () => {
    const li = { form: 'li' }
    expectClose(apply('contrast', { expert: E, amateur: A }, li), [0.138605, 0.758715, 0.102681, 0, 0, 0])
    const scores = applyRow('contrast', { expert: E, amateur: A }, { ...li, plausibility: 0 })
    expectClose(Array.from(scores.values), [-0.277177, 1.422823, -0.577177, -0.577177, 2.422823, -1.077177])
    expect(argmax(scores.values)).toBe(4)
    const sharp = applyRow('contrast', { expert: E, amateur: A }, { ...li, amateurTemperature: 0.5 })
    expectClose(Array.from(sharp.values.slice(0, 3)), [-0.54786, 3.35214, 0.85214])
  })

  it('contrasts by weighted logits (N2, N6) and by probabilities (N4, N7)', () => {
    const beta = (b: number): number[] => apply('contrast', { expert: E, amateur: A }, { beta: b })
    expectClose(beta(0.5), [0.394391, 0.559668, 0.04594, 0, 0, 0])
    expectClose(beta(0), [0.574097, 0.348207, 0.077696, 0, 0, 0])
    expectClose(beta(1), [0.226225, 0.751094, 0.022681, 0, 0, 0])
    expectClose(beta(4), [0.001833, 0.998092, 0.000075, 0, 0, 0])
    const prob = { form: 'prob', beta: 0.5, plausibility: 0 }
    expectClose(apply('contrast', { expert: E, amateur: A }, prob), [0.373337, 0.585221, 0.016258, 0.005981, 0.019203, 0])
  })

  it('offsets a base by a small pair (K1), on the nucleus of the base (N5)', () => {
    const offset = (params: Record<string, Json>): number[] =>
      apply('offset', { base: rowOf(zb), tuned: [rowOf(zt)], untuned: [rowOf(zu)] }, params)
    expectClose(offset({ alpha: 0.5, mask: 'none' }), [0.240807, 0.535927, 0.113749, 0.056486, 0.036017, 0.017013])
    expectClose(offset({ alpha: 1, mask: 'none' }), [0.122424, 0.740622, 0.074254, 0.030189, 0.020237, 0.012274])
    expectClose(offset({ alpha: 2, mask: 'none' }), [0.021107, 0.943511, 0.021107, 0.005752, 0.004261, 0.004261])
    expectClose(offset({ alpha: 1, mask: 'min-p', minP: 0.1 }), [0.123945, 0.749825, 0.075177, 0.030565, 0.020488, 0])
    expectClose(offset({ alpha: 2, mask: 'nucleus', topP: 0.9 }), [0.021289, 0.951621, 0.021289, 0.005802, 0, 0])
  })

  it('holds an offset within a budget of divergence (K3)', () => {
    const base = rowOf(zb)
    const changed = applyRow('offset', { base, tuned: [rowOf(zt)], untuned: [rowOf(zu)] }, { mask: 'none' })
    const held = apply('drift-guard', { base, changed }, { budget: 0.1 })
    expectClose(held, apply('offset', { base, tuned: [rowOf(zt)], untuned: [rowOf(zu)] }, { alpha: 0.484476, mask: 'none' }), 5e-6)
    expectClose(apply('drift-guard', { base, changed }, { budget: 0 }), probabilities(base), 1e-3)
    expectClose(apply('drift-guard', { base, changed }, { budget: 1 }), probabilities(changed))
  })

  it('weighs two models by the other’s entropy (K2)', () => {
    expect(entropy(E)).toBeCloseTo(1.054033, 6)
    expect(entropy(A)).toBeCloseTo(0.905948, 6)
    const opposite = apply('entropy-mix', { first: E, second: A })
    expectClose(opposite, [0.644995, 0.197595, 0.105783, 0.038915, 0.005141, 0.007571])
    expectClose(
      apply('entropy-mix', { first: E, second: A }, { rule: 'fitted', a: 0, b: 0 }),
      [0.638353, 0.207167, 0.103585, 0.038107, 0.005488, 0.0073],
    )
  })

  it('amplifies what a context changed (N11)', () => {
    const inputs = { with: rowOf([1, 2.5, 0.5, -1]), without: rowOf([2, 0.5, 0.4, -1]) }
    expectClose(apply('context-aware', inputs), [0.044723, 0.898282, 0.047016, 0.009979])
    expectClose(apply('context-aware', inputs, { alpha: 0 }), [0.16068, 0.720117, 0.097457, 0.021746])
  })

  it('steers by two classes and filters (V2)', () => {
    const inputs = {
      of: logs([0.4, 0.3, 0.15, 0.1, 0.05]),
      desired: logs([0.3, 0.25, 0.2, 0.15, 0.1]),
      undesired: logs([0.5, 0.1, 0.2, 0.05, 0.15]),
    }
    const state = { desired: -6, undesired: -6.5, tokens: 3 }
    const gedi = (params: Record<string, Json>): number[] => apply('class-bayes', inputs, params, state)
    expectClose(gedi({ strength: 1 }), [0.369289, 0.325935, 0.147327, 0.110679, 0.04677])
    expectClose(gedi({ strength: 1, filterMass: 0.8 }), [0, 0.746507, 0, 0.253493, 0])
    expectClose(gedi({ strength: 30 }), [0.006237, 0.618185, 0.01498, 0.359444, 0.001155], 2e-6)
    expectClose(gedi({ strength: 30, filterMass: 0.8 }), [0, 0, 0, 1, 0])
    expectClose(gedi({ strength: 30, scale: 10, filterMass: 0.8 }), [0, 0.687313, 0, 0.312687, 0], 2e-6)
  })

  it('remembers the classes of what was written', () => {
    const { work, spec } = operators.get('class-bayes') as NonNullable<ReturnType<typeof operators.get>>
    const inputs = { of: logs([0.5, 0.5]), desired: logs([0.25, 0.75]), undesired: logs([0.5, 0.5]) }
    const params = paramValues(spec, {})
    const next = work.next?.({ inputs, params, state: work.start?.(params) } as never, 1) as {
      desired: number
      undesired: number
      tokens: number
    }
    expect(next.desired).toBeCloseTo(Math.log(0.75), 6)
    expect(next.undesired).toBeCloseTo(Math.log(0.5), 6)
    expect(next.tokens).toBe(1)
  })

  it('weighs candidates by a judge (V1, V3)', () => {
    const judged = (of: Row, wanted: number[], params: Record<string, Json>, k = wanted.length): number[] => {
      const { work, spec } = operators.get('reweight') as NonNullable<ReturnType<typeof operators.get>>
      const out = new Row(new Float32Array(of.values.length))
      const tokens = Array.from(topK(of.values, k))
      const advice = { tokens, wanted: tokens.map((token) => Math.log(wanted[token] as number)) }
      work.apply({ inputs: { of }, params: paramValues(spec, params), advice } as never, out)
      return probabilities(out)
    }
    const p = logs([0.4, 0.3, 0.15, 0.1, 0.05])
    const c = [0.1, 0.5, 0.9, 0.2, 0.95]
    expectClose(judged(p, c, {}), [0.101911, 0.382166, 0.343949, 0.050955, 0.121019])
    expectClose(judged(p, c, { strength: 4 }), [0.000253, 0.118603, 0.622524, 0.001012, 0.257608])
    expectClose(judged(p, c, {}, 3), [0.123077, 0.461538, 0.415385, 0, 0])
    expectClose(judged(p, c, { strength: 0 }), [0.4, 0.3, 0.15, 0.1, 0.05])
    expectClose(judged(p, [0, 0, 0, 0, 0], {}), [0.4, 0.3, 0.15, 0.1, 0.05])
    const z = rowOf([2, 1.5, 1, 0.5, 0])
    const r = [0.2, 0.9, 1, 0.99, 0]
    expectClose(judged(z, r, { link: 'reward', k: 3 }, 3), [0.328933, 0.40176, 0.269307, 0, 0])
    expectClose(judged(z, r, { link: 'reward', strength: 10 }, 3), [0.000567, 0.377326, 0.622106, 0, 0])
    expectClose(judged(z, r, { link: 'penalty' }, 3), [0.681899, 0.205384, 0.112717, 0, 0])
  })

  it('weighs candidates by what they lead to (V4, V5)', () => {
    const best = (of: Row, tokens: number[], scores: number[], strength: number): { token: number; scores: number[] } => {
      const { work, spec } = operators.get('foresee') as NonNullable<ReturnType<typeof operators.get>>
      const out = new Row(new Float32Array(of.values.length))
      work.apply({ inputs: { of }, params: paramValues(spec, { strength }), advice: { tokens, scores } } as never, out)
      return { token: argmax(out.values), scores: tokens.map((token) => out.values[token] as number) }
    }
    const p = logs([0.4, 0.3, 0.15, 0.1, 0.05])
    const half = best(p, [0, 1, 2], [-2.3, -0.9, -0.4], 0.5)
    expect(half.token).toBe(1)
    expectClose(half.scores, [-2.066291, -1.653973, -2.09712])
    expect([1, 2].map((strength) => best(p, [0, 1, 2], [-2.3, -0.9, -0.4], strength).token)).toEqual([1, 2])
    const spans = rowOf([-1.2, -1.4, -1.9])
    expectClose(best(spans, [0, 1, 2], [0.5, 3.2, 3], 0.5).scores, [-0.95, 0.2, -0.4])
    expectClose(best(spans, [0, 1, 2], [0.5, 3.2, 3], 1).scores, [-0.7, 1.8, 1.1])
    const plausible = [0.46, 0.3, 0.14, 0.06, 0.04].filter((x) => x >= 0.25 * 0.46)
    expect(plausible).toHaveLength(3)
    expect([isDivergent(p, 0.75), isDivergent(p, 0.76)]).toEqual([true, false])
  })

  it('gates: the leader while it is sure, the other where not (D9)', () => {
    const leader = logs([0.55, 0.2, 0.25])
    const other = logs([0.2, 0.7, 0.1])
    expectClose(apply('gate', { leader, other }, { threshold: 0.5 }), [0.55, 0.2, 0.25])
    expectClose(apply('gate', { leader, other }, { threshold: 0.6 }), [0.2, 0.7, 0.1])
    expectClose(apply('gate', { leader, other }, { signal: 'lead', threshold: 0.3 }), [0.55, 0.2, 0.25])
    expectClose(apply('gate', { leader, other }, { signal: 'entropy', threshold: 0.9 }), [0.2, 0.7, 0.1])
  })

  it('averages those whose favourite another holds likely, and leaves out who strays (D7, drop)', () => {
    const [one, two, stray] = [logs([0.6, 0.25, 0.1, 0.05]), logs([0.3, 0.5, 0.15, 0.05]), logs([0.02, 0.03, 0.05, 0.9])]
    expectClose(apply('agreeing-mix', { models: [one, two, stray] }, { k: 2 }), [0.45, 0.375, 0.125, 0.05])
    const all = [0.92 / 3, 0.78 / 3, 0.3 / 3, 1 / 3]
    expectClose(apply('agreeing-mix', { models: [one, two, stray] }, { k: 1 }), all) // nobody agrees: all count
    expectClose(apply('agreeing-mix', { models: [one, two, stray] }, { k: 4 }), all)
    expectClose(apply('agreeing-mix', { models: [stray] }), [0.02, 0.03, 0.05, 0.9])
  })
  it('keeps the top k, the nucleus, the plausible, the typical', () => {
    const of = logs([0.1, 0.2, 0.3, 0.4])
    expectClose(apply('top-k', { of }, { k: 2 }), [0, 0, 3 / 7, 4 / 7])
    expectClose(apply('top-k', { of }, { k: 0 }), [0.1, 0.2, 0.3, 0.4])
    expectClose(apply('top-p', { of }, { p: 0.7 }), [0, 0, 3 / 7, 4 / 7])
    expectClose(apply('top-p', { of }, { p: 1 }), [0.1, 0.2, 0.3, 0.4])
    expectClose(apply('top-p', { of }, { p: 0.01 }), [0, 0, 0, 1])
    expectClose(apply('min-p', { of }, { share: 0.5 }), [0, 2 / 9, 3 / 9, 4 / 9])
    expectClose(apply('min-p', { of }, { share: 0 }), [0.1, 0.2, 0.3, 0.4])
    expectClose(apply('typical', { of }, { mass: 1 }), [0.1, 0.2, 0.3, 0.4])
    expectClose(apply('typical', { of }, { mass: 0.3 }), [0, 0, 1, 0]) // −log .3 = 1.204 is nearest to the entropy 1.280
  })
})

describe('laws that hold for all numbers', () => {
  const scores = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 })
  const both: { name: string; inputs: (a: Row, b: Row, c: Row) => Inputs; params?: Record<string, Json> }[] = [
    { name: 'linear-mix', inputs: (a, b, c) => ({ models: [a, b, c] }), params: { weights: [1, 2, 3] } },
    { name: 'log-linear-mix', inputs: (a, b, c) => ({ models: [a, b, c] }), params: { weights: [0.5, 0.2, -0.1] } },
    { name: 'contrast', inputs: (a, b) => ({ expert: a, amateur: b }), params: { form: 'beta' } },
    { name: 'contrast', inputs: (a, b) => ({ expert: a, amateur: b }), params: { form: 'li', amateurTemperature: 0.7 } },
    { name: 'offset', inputs: (a, b, c) => ({ base: a, tuned: [b], untuned: [c] }) },
    { name: 'cp-delta', inputs: (a, b) => ({ untrusted: a, trusted: b }), params: { form: 'minimum' } },
    { name: 'context-aware', inputs: (a, b) => ({ with: a, without: b }) },
    { name: 'entropy-mix', inputs: (a, b) => ({ first: a, second: b }) },
    { name: 'class-bayes', inputs: (a, b, c) => ({ of: a, desired: b, undesired: c }) },
  ]

  it('a constant added to the scores of a source changes nothing', () => {
    for (const { name, inputs, params } of both) {
      fc.assert(
        fc.property(scores, scores, scores, fc.integer({ min: -20, max: 20 }), (a, b, c, shift) => {
          const plain = apply(name, inputs(rowOf(a), rowOf(b), rowOf(c)), params)
          const shifted = apply(name, inputs(rowOf(a), rowOf(b.map((x) => x + shift)), rowOf(c)), params)
          fc.pre(!nearCut(a, 0.1) && !nearCut(a, 0.001))
          expectClose(shifted, plain, 2e-5)
        }),
        { numRuns: 50 },
      )
    }
  })

  it('renaming the tokens renames the result', () => {
    const turn = (xs: readonly number[]): number[] => [2, 0, 3, 1].map((v) => xs[v] as number)
    for (const { name, inputs, params } of both) {
      fc.assert(
        fc.property(scores, scores, scores, (a, b, c) => {
          const plain = apply(name, inputs(rowOf(a), rowOf(b), rowOf(c)), params)
          const turned = apply(name, inputs(rowOf(turn(a)), rowOf(turn(b)), rowOf(turn(c))), params)
          expectClose(turned, turn(plain), 1e-6)
        }),
        { numRuns: 50 },
      )
    }
  })

  it('neutral settings and equal sources change nothing', () => {
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const [x, y] = [rowOf(a), rowOf(b)]
        const same = (result: number[]): void => expectClose(result, probabilities(x), 1e-5)
        same(apply('linear-mix', { models: [x, y] }, { weights: [1, 0] }))
        same(apply('log-linear-mix', { models: [x, y] }, { weights: [1, 0] }))
        same(apply('linear-mix', { models: [x, x] }))
        same(apply('log-linear-mix', { models: [x, x] }))
        same(apply('offset', { base: x, tuned: [y], untuned: [y] }, { mask: 'none' }))
        same(apply('offset', { base: x, tuned: [y], untuned: [x] }, { mask: 'none', alpha: 0 }))
        same(apply('cp-delta', { untrusted: x, trusted: x }))
        same(apply('cp-delta', { untrusted: x, trusted: x }, { form: 'minimum' }))
        same(apply('context-aware', { with: x, without: y }, { alpha: 0 }))
        same(apply('contrast', { expert: x, amateur: y }, { beta: 0, plausibility: 0 }))
        same(apply('contrast', { expert: x, amateur: x }, { beta: 2, plausibility: 0 }))
        same(apply('temperature', { of: x }, { temperature: 1 }))
        same(apply('class-bayes', { of: x, desired: y, undesired: x }, { strength: 0 }))
      }),
      { numRuns: 100 },
    )
  })

  it('the methods are each other’s special cases, as the cards say', () => {
    fc.assert(
      fc.property(scores, scores, scores, (a, b, c) => {
        const [x, y, z] = [rowOf(a), rowOf(b), rowOf(c)]
        const offset = apply('offset', { base: x, tuned: [y], untuned: [z] }, { mask: 'none', alpha: 0.7 })
        expectClose(apply('log-linear-mix', { models: [x, y, z] }, { weights: [1, 0.7, -0.7] }), offset, 1e-5)
        const contrast = apply('contrast', { expert: x, amateur: y }, { beta: 0.5, plausibility: 0.1 })
        fc.pre(!nearCut(a, 0.1))
        expectClose(apply('offset', { base: x, tuned: [x], untuned: [y] }, { alpha: 0.5, mask: 'min-p', minP: 0.1 }), contrast, 1e-5)
        expectClose(apply('log-linear-mix', { models: [x, y] }), apply('cp-delta', { untrusted: x, trusted: y }), 1e-5)
      }),
      { numRuns: 100 },
    )
  })

  it('masks are idempotent', () => {
    for (const [name, params] of [
      ['top-k', { k: 2 }],
      ['top-p', { p: 0.6 }],
      ['min-p', { share: 0.3 }],
    ] as const) {
      fc.assert(
        fc.property(scores, (a) => {
          const once = applyRow(name, { of: rowOf(a) }, params)
          if (name === 'top-p') return // its share is of what is left
          expect(Array.from(applyRow(name, { of: once }, params).values)).toEqual(Array.from(once.values))
        }),
      )
    }
  })

  it('an impossible token stays impossible, and never becomes NaN', () => {
    const x = rowOf([0, 1, -Infinity, 2])
    const y = rowOf([1, -Infinity, -Infinity, 0])
    for (const { name, inputs, params } of both) {
      const result = apply(name, inputs(x, y, x), params)
      expect(
        result.every((p) => p >= 0 && p <= 1),
        `${name}: ${result}`,
      ).toBe(true)
      expect(result[2]).toBe(0)
    }
  })

  it('where the two sources share no token, contrast follows the expert and purifying the trusted model', () => {
    const x = rowOf([0, 1, -Infinity, -Infinity])
    const y = rowOf([-Infinity, -Infinity, 1, 2])
    expectClose(apply('contrast', { expert: x, amateur: y }), probabilities(x))
    expectClose(apply('cp-delta', { untrusted: x, trusted: y }), probabilities(y))
  })
})

describe('the catalog', () => {
  it('finds every operator, and each says what it does', () => {
    expect(operators.size).toBeGreaterThanOrEqual(14)
    for (const [name, { spec }] of operators) {
      expect(spec.help.length, name).toBeGreaterThan(80)
      if (spec.face) expect(Object.keys(spec.params), name).toContain(spec.face)
    }
  })
})

/** Is some score so near the plausibility cut that float rounding decides? */
function nearCut(scores: readonly number[], share: number): boolean {
  const cut = Math.max(...scores) + Math.log(share)
  return scores.some((x) => Math.abs(x - cut) < 1e-4)
}
