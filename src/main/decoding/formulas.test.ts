import { describe, expect, it } from 'vitest'
import { probabilities } from './distribution'
import { operators } from './operators'
import { paramValues } from './params'
import { type Row, rowOf } from './row'
import { applyRow } from './testing/apply-row'
import { at, type Case, type Vector } from './testing/formulas/case'
import { found } from './testing/formulas/found'
import { plain } from './testing/formulas/plain'

/**
 * The formula that *Why* shows, against what the operator does: each is written out once more in `testing/formulas`, as it stands there. A formula that is
 * changed has to be written out anew (its text stands in the table), one that lies gives other numbers, and an operator without a row fails.
 */
const cases: readonly Case[] = [...plain, ...found]

const isList = (input: Vector | readonly Vector[]): input is readonly Vector[] => Array.isArray(input[0])

describe('the formula that is shown', () => {
  it.each(cases.map((one) => [`${one.name} ${one.option?.value ?? ''}`, one] as const))('of %s is what it does', async (_, one) => {
    const { spec, work } = operators.get(one.name) ?? {}
    if (!spec || !work) throw new Error(`there is no operator ${one.name}`)
    expect(spec.formula).toBe(one.formula)
    const { option } = one
    const param = option && spec.params[option.param]
    if (option)
      expect(param?.kind === 'choice' ? param.options.find(({ value }) => value === option.value)?.formula : undefined).toBe(option.formula)
    const inputs = Object.fromEntries(
      Object.entries(one.inputs).map(([port, input]): [string, Row | Row[]] => [
        port,
        isList(input) ? input.map((z) => rowOf(z)) : rowOf(input),
      ]),
    )
    const params = { ...one.params, ...(option ? { [option.param]: option.value } : {}) }
    const given = probabilities(applyRow(one.name, inputs, params, one.state, await one.found?.(work, paramValues(spec, params))))
    expect(given).toHaveLength(one.law.length)
    for (const [v, p] of one.law.entries()) expect(Math.abs(at([...given], v) - p), `token ${v}`).toBeLessThan(1e-5)
  })

  it('has a row for every operator, and for every option that has a formula of its own', () => {
    const told = new Set(cases.flatMap(({ name, option }) => [name, `${name} ${option?.value}`]))
    const shown = [...operators.values()].flatMap(({ spec }) => [
      ...(spec.formula === undefined ? [] : [spec.name]),
      ...Object.values(spec.params).flatMap((param) =>
        param.kind === 'choice'
          ? param.options.flatMap(({ value, formula }) => (formula === undefined ? [] : [`${spec.name} ${value}`]))
          : [],
      ),
    ])
    expect(shown.filter((name) => !told.has(name))).toEqual([])
  })
})
