import { describe, expect, it } from 'vitest'
import { weightsCatalog } from '../catalog'
import type { AnyMethod } from '../method'
import { base, distance, type Matrix, merged, one, rowsOf, three, two } from '../testing/fixture'

const { methods } = weightsCatalog()
const countOf = ({ models }: AnyMethod): number => Math.min(models.max ?? 3, 3)
const pick = (method: AnyMethod, from: readonly Matrix[]): Matrix[] =>
  Array.from({ length: countOf(method) }, (_, i) => from[i % from.length] as Matrix)
const withBase = (method: AnyMethod) => (method.base === 'required' ? { base } : {})
/** Settings that make a pruning method keep everything. */
const whole = (method: AnyMethod) => Array.from({ length: countOf(method) }, () => (method.perModel.density ? { density: 1 } : {}))

const idempotent = [
  'average',
  'linear',
  'ema',
  'slerp',
  'nuslerp',
  'multislerp',
  'karcher',
  'model-stock',
  'ties',
  'sce',
  'varm',
  'nearswap',
  'arcee-fusion',
  'metagpt',
  'passthrough',
  'ram',
]

describe.each(methods.map((method) => [method.name, method] as const))('%s', (name, method) => {
  it.runIf(idempotent.includes(name))('P1: of equal models is that model', () => {
    const asked = { ...withBase(method), each: whole(method) }
    expect(distance(rowsOf(merged(name, pick(method, [one]), asked)), one)).toBeLessThan(2e-6)
  })

  it.runIf(!method.ordered && countOf(method) > 1)('P2: does not depend on the order of the models', () => {
    const models = pick(method, [one, two, three])
    const labels = models.map((_, i) => `m${i}`)
    const reversed = { models: [...models].reverse(), labels: [...labels].reverse() }
    const a = merged(name, models, { ...withBase(method), labels, seed: 5 })
    const b = merged(name, reversed.models, { ...withBase(method), labels: reversed.labels, seed: 5 })
    // two-model arcs are set by weights, equal here
    expect(distance(rowsOf(a), rowsOf(b))).toBeLessThan(1e-6)
  })

  it.runIf(method.of === 'deltas' && method.base === 'required')('P3: of models equal to the base is the base, exactly', () => {
    const exact = rowsOf(merged('average', [base]))
    expect(rowsOf(merged(name, pick(method, [base]), { base }))).toEqual(exact)
  })

  it.runIf(method.models.min === 1)('P5: of one model is that model', () => {
    const asked = { ...withBase(method), each: method.perModel.density ? [{ density: 1 }] : [{}] }
    expect(distance(rowsOf(merged(name, [one], asked)), one)).toBeLessThan(2e-6)
  })

  it('takes an empty and a one-element tensor, and every param at its least, most and default', () => {
    for (const [param, spec] of Object.entries(method.params)) {
      if (spec.kind !== 'number') continue
      for (const value of [spec.min, spec.max, spec.default]) {
        if (value === undefined || param === 'epsilon') continue
        const result = merged(name, pick(method, [[[2]], [[1]], [[3]]]), {
          ...(method.base === 'required' ? { base: [[1]] } : {}),
          params: { [param]: value },
        })
        expect(Number.isFinite(rowsOf(result)[0]?.[0])).toBe(true)
      }
    }
  })

  it('refuses a setting that it does not have, and a number out of range', () => {
    const models = pick(method, [one, two, three])
    expect(() => merged(name, models, { ...withBase(method), params: { nonsense: 1 } })).toThrow(/no setting named/)
    for (const [param, spec] of Object.entries(method.params))
      if (spec.kind === 'number' && spec.max !== undefined)
        expect(() => merged(name, models, { ...withBase(method), params: { [param]: (spec.max as number) + 1 } })).toThrow(/goes from/)
  })
})

it('weights that sum to zero are refused where the sum divides', () => {
  const called = { linear: 'Weighted average', multislerp: 'Multi-SLERP', karcher: 'Karcher mean' }
  for (const [name, title] of Object.entries(called))
    expect(() => merged(name, [one, two], { each: [{ weight: 1 }, { weight: -1 }] })).toThrow(`${title} has weights that sum to zero`)
})
