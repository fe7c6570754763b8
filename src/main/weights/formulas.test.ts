import { describe, expect, it } from 'vitest'
import type { Json } from '../../shared/json'
import { weightsCatalog } from './catalog'
import type { AnyMethod } from './method'
import { type Asked, base, distance, type Matrix, merged, one, pruned, rowsOf, three, two } from './testing/fixture'
import { averages } from './testing/formulas/averages'
import { measured } from './testing/formulas/measured'
import { seed } from './testing/formulas/row'
import { byRank, each, hows, makingUp, ranks, sparse, thinned } from './testing/formulas/sparse'
import { at, largest, map, middle, rank, times, type Vector } from './testing/formulas/vectors'

/**
 * The formula that *Why* shows, against what the method does: each is written out once more (testing/formulas), as it stands there, in the plainest arithmetic.
 * A formula that is changed has to be written out anew (its text stands beside it), and one that lies gives other numbers.
 */
const rows = [...averages, ...sparse, ...measured]

const flat = (rows: Matrix): Vector => rows.flat()

const optionFormula = (method: AnyMethod | undefined, param: string, value: string): string | undefined => {
  const declared = method?.params[param]
  return declared?.kind === 'choice' ? declared.options.find((option) => option.value === value)?.formula : undefined
}

/** entries of many sizes and both signs, in rows of five */
const many: Matrix = [0, 1, 2, 3].map((r) => [0, 1, 2, 3, 4].map((c) => (((7 * (5 * r + c) + 3) % 20) + 1) * (c % 2 === 0 ? 0.1 : -0.1)))

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
      ...(row.baseStatistics ? { baseStatistics: row.baseStatistics } : {}),
      seed,
    }
    for (const [param, [value, formula]] of Object.entries(row.options ?? {})) expect(optionFormula(method, param, value)).toBe(formula)
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

  it.each(hows)('of the pruners DARE and DELLA is what they do, made up by %s', (how) => {
    const tau = flat(many)
    const [dare, della] = ['dare', 'della'].map((name) => weightsCatalog().pruner(name))
    expect(dare?.formula).toBe('τ̂ = c · m ∘ τ, m ~ Bernoulli(p), p = {density}')
    expect(della?.formula).toBe('τ̂ = c · m ∘ τ, m ~ Bernoulli(p), d = {density}, ε = {epsilon}')
    for (const pruner of [dare, della]) expect(optionFormula(pruner, 'rescale', how)).toBe(makingUp[how]?.[1])
    const given = (name: string, params: { readonly [param: string]: Json }) =>
      rowsOf(pruned(name, [many], { params: { density: 0.6, rescale: how, ...params }, seed, labels: ['model 0'] })).flat()
    expect(distance([given('dare', {})], [thinned(tau, each(0.6, tau), 0, how)])).toBeLessThan(1e-5)
    for (const [unit, n] of [
      ['row', 5],
      ['tensor', 20],
    ] as const) {
      expect(optionFormula(della, 'ranks', unit)).toBe(ranks[unit][1])
      expect(distance([given('della', { epsilon: 0.2, ranks: unit })], [thinned(tau, byRank(tau, n, 0.6, 0.2), 0, how)])).toBeLessThan(1e-5)
    }
  })

  it('of the pruner dppa is what it does', () => {
    expect(weightsCatalog().pruner('dppa')?.formula).toBe(
      'τ̂ = Σ γ_j τ[part j]; γ_j below 0: 1 / (1 − r), r = {rate}\npart j of k = {parts}: ranks of |τ| from 1 − r − 0.1 (k − j + 1), the first from 0, to 1 − r − 0.1 (k − j); r goes by matrix up to 0.08 up or down',
    )
    const tau = flat(many)
    // of three parts at r = 0.5: ranks below 0.3, 0.3 to 0.4, 0.4 to 0.5 of 20
    const factor = (i: number) => (rank(tau, i) < 6 ? 3 : rank(tau, i) < 8 ? 1 / (1 - 0.5) : rank(tau, i) < 10 ? 0.5 : 0)
    const given = rowsOf(pruned('dppa', [many], { params: { rate: 0.5, parts: 3, gamma1: 3, gamma3: 0.5 } })).flat()
    expect(distance([given], [map(tau, (i) => factor(i) * at(tau, i))])).toBeLessThan(1e-6)
  })

  it('is evaluated for every method', () => {
    const evaluated = new Set(rows.map(({ name }) => name))
    expect(weightsCatalog().methods.filter(({ name }) => !evaluated.has(name))).toEqual([])
  })
})
