import {
  at,
  between,
  type Case,
  divergenceOf,
  each,
  entropyOf,
  largest,
  norm,
  only,
  order,
  p1,
  p2,
  p3,
  plausible,
  softmax,
  until,
  type Vector,
  z1,
  z2,
  z3,
} from './case'

const contrast = 'only tokens with p_expert(v) ≥ {plausibility} · max p_expert'
const expert = { expert: z1, amateur: z2 }
const comblm = 'p = λ · p_first + (1 − λ) · p_second, H: entropy'
const offset = "z'(v) = z_base(v) + Σ α_i (z_tuned,i(v) − z_untuned,i(v)), α = {alpha}"
const moved = softmax(each((v) => at(z1, v) + 0.7 * (at(z3, v) - at(z2, v))))
const mixed = (share: number): Vector => each((v) => share * at(p1, v) + (1 - share) * at(p2, v))

/** Operators that see rows and params alone. */
export const plain: readonly Case[] = [
  {
    name: 'linear-mix',
    formula: 'p = Σ w_i p_i / Σ w_i, w = {weights}',
    inputs: { models: [z1, z2, z3] },
    params: { weights: [2, 1, 1] },
    law: each((v) => (2 * at(p1, v) + at(p2, v) + at(p3, v)) / 4),
  },
  {
    name: 'log-linear-mix',
    formula: 'p ∝ Π p_i^w_i = softmax(Σ w_i z_i), w = {weights}',
    inputs: { models: [z1, z2] },
    params: { weights: [0.7, 0.6] },
    law: norm(each((v) => at(p1, v) ** 0.7 * at(p2, v) ** 0.6)),
  },
  {
    name: 'context-aware',
    formula: "z'(v) = (1 + α) · z_with(v) − α · z_without(v), α = {alpha}",
    inputs: { with: z1, without: z2 },
    params: { alpha: 0.8 },
    law: softmax(each((v) => 1.8 * at(z1, v) - 0.8 * at(z2, v))),
  },
  {
    name: 'contrast',
    formula: contrast,
    option: { param: 'form', value: 'beta', formula: "z'(v) = (1 + β) · z_expert(v) − β · z_amateur(v), β = {beta}" },
    inputs: expert,
    params: { beta: 0.5, plausibility: 0.1 },
    law: only(softmax(each((v) => 1.5 * at(z1, v) - 0.5 * at(z2, v))), plausible(p1, 0.1)),
  },
  {
    name: 'contrast',
    formula: contrast,
    option: { param: 'form', value: 'li', formula: 'score(v) = log p_expert(v) − log softmax(z_amateur / T)(v), T = {amateurTemperature}' },
    inputs: expert,
    params: { plausibility: 0.1, amateurTemperature: 2 },
    law: only(
      each((v) => at(p1, v) / at(softmax(z2.map((z) => z / 2)), v)),
      plausible(p1, 0.1),
    ),
  },
  {
    name: 'contrast',
    formula: contrast,
    option: { param: 'form', value: 'prob', formula: "p'(v) = max(0, p_expert(v) − β · p_amateur(v)), β = {beta}" },
    inputs: expert,
    params: { beta: 0.5, plausibility: 0.01 },
    law: only(
      each((v) => Math.max(0, at(p1, v) - 0.5 * at(p2, v))),
      plausible(p1, 0.01),
    ),
  },
  {
    name: 'cp-delta',
    formula: 'mean: p ∝ p_1^a · p_2^(1 − a), a = {share}\nminimum: p ∝ min(p_1, p_2)',
    inputs: { untrusted: z1, trusted: z2 },
    params: { form: 'mean', share: 0.3 },
    law: norm(each((v) => at(p1, v) ** 0.3 * at(p2, v) ** 0.7)),
  },
  {
    name: 'cp-delta',
    formula: 'mean: p ∝ p_1^a · p_2^(1 − a), a = {share}\nminimum: p ∝ min(p_1, p_2)',
    inputs: { untrusted: z1, trusted: z2 },
    params: { form: 'minimum' },
    law: norm(each((v) => Math.min(at(p1, v), at(p2, v)))),
  },
  {
    name: 'drift-guard',
    formula: 'p ∝ base^(1 − t) · changed^t\nthe largest t in 0…1 with KL(p ‖ base) ≤ {budget} nats',
    inputs: { base: z1, changed: z2 },
    params: { budget: 0.05 },
    law: between(largest((t) => divergenceOf(between(t), p1) <= 0.05)),
  },
  {
    name: 'entropy-mix',
    formula: comblm,
    option: { param: 'rule', value: 'opposite', formula: 'λ = H_second / (H_first + H_second)' },
    inputs: { first: z1, second: z2 },
    law: mixed(entropyOf(p2) / (entropyOf(p1) + entropyOf(p2))),
  },
  {
    name: 'entropy-mix',
    formula: comblm,
    option: { param: 'rule', value: 'fitted', formula: 'λ = σ(a · H_first + b · H_second + c), a = {a}, b = {b}, c = {c}' },
    inputs: { first: z1, second: z2 },
    params: { a: -2, b: 0.5, c: 0.3 },
    law: mixed(1 / (1 + Math.exp(-(-2 * entropyOf(p1) + 0.5 * entropyOf(p2) + 0.3)))),
  },
  ...(
    [
      ['probability', 'sure: max p_leader ≥ {threshold}', Math.max(...p1)],
      ['lead', 'sure: p(1st) − p(2nd) ≥ {threshold}', at(p1, 0) - at(p1, 1)],
      ['entropy', 'sure: H(p_leader) ≤ {threshold} nats', entropyOf(p1)],
    ] as const
  ).flatMap(([value, formula, edge]) =>
    [edge - 1e-3, edge + 1e-3].map(
      (threshold): Case => ({
        name: 'gate',
        formula: 'p = p_leader where it is sure, else p_other',
        option: { param: 'signal', value, formula },
        inputs: { leader: z1, other: z2 },
        params: { threshold },
        law: (value === 'entropy' ? edge <= threshold : edge >= threshold) ? p1 : p2,
      }),
    ),
  ),
  {
    name: 'offset',
    formula: offset,
    option: { param: 'mask', value: 'min-p', formula: 'on tokens with p_base(v) ≥ {minP} · max p_base' },
    inputs: { base: z1, tuned: [z3], untuned: [z2] },
    params: { alpha: 0.7, minP: 0.1 },
    law: only(moved, plausible(p1, 0.1)),
  },
  {
    name: 'offset',
    formula: offset,
    option: { param: 'mask', value: 'nucleus', formula: 'on the likeliest tokens of the base with Σ p_base ≥ {topP}' },
    inputs: { base: z1, tuned: [z3], untuned: [z2] },
    params: { alpha: 0.7, topP: 0.8 },
    law: only(moved, (v) => until(order(p1), p1, 0.8).has(v)),
  },
  {
    name: 'min-p',
    formula: 'keeps v with p(v) ≥ {share} · max p',
    inputs: { of: z1 },
    params: { share: 0.1 },
    law: only(p1, plausible(p1, 0.1)),
  },
  {
    name: 'temperature',
    formula: "p' = softmax(z / T), T = {temperature}",
    inputs: { of: z1 },
    params: { temperature: 0.6 },
    law: softmax(z1.map((z) => z / 0.6)),
  },
  {
    name: 'top-k',
    formula: 'keeps the {k} likeliest tokens (0: all)',
    inputs: { of: z2 },
    params: { k: 3 },
    law: only(p2, (v) => order(p2).indexOf(v) < 3),
  },
  {
    name: 'top-p',
    formula: 'keeps the smallest set of likeliest tokens with Σ p ≥ {p}',
    inputs: { of: z1 },
    params: { p: 0.8 },
    law: only(p1, (v) => until(order(p1), p1, 0.8).has(v)),
  },
  {
    name: 'typical',
    formula: 'keeps the tokens with the least |−log p(v) − H(p)|, until Σ p ≥ {mass}',
    inputs: { of: z1 },
    params: { mass: 0.5 },
    law: only(p1, (v) => until(order(each((one) => -Math.abs(-Math.log(at(p1, one)) - entropyOf(p1)))), p1, 0.5).has(v)),
  },
]
