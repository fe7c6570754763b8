import { describe, expect, it } from 'vitest'
import { formulaParams, formulaParts, hasStrayBraces, renameParams } from './formula'

const mean = 'θ* = {scale} · Σ w_i θ_i{normalize? / Σ w_i}, w = {weight}'

describe('a formula', () => {
  it('falls into texts and values, with a condition that holds', () => {
    expect(formulaParts(mean, () => true)).toEqual([
      { text: 'θ* = ' },
      { param: 'scale' },
      { text: ' · Σ w_i θ_i' },
      { text: ' / Σ w_i' },
      { text: ', w = ' },
      { param: 'weight' },
    ])
  })

  it('leaves out the text of a condition that does not hold', () => {
    expect(
      formulaParts(mean, (param) => param !== 'normalize')
        .map((part) => ('text' in part ? part.text : part.param))
        .join(''),
    ).toBe('θ* = scale · Σ w_i θ_i, w = weight')
  })

  it('without params is one text, and nothing of nothing', () => {
    expect(formulaParts('θ* = (1/k) Σ θ_i', () => true)).toEqual([{ text: 'θ* = (1/k) Σ θ_i' }])
    expect(formulaParts('', () => true)).toEqual([])
  })

  it('names its params, and takes other names for them', () => {
    expect(formulaParams(mean)).toEqual(['scale', 'normalize', 'weight'])
    expect(renameParams(mean, (param) => (param === 'weight' ? 'weights' : `linear-${param}`))).toBe(
      'θ* = {linear-scale} · Σ w_i θ_i{linear-normalize? / Σ w_i}, w = {weights}',
    )
  })

  it('with other braces in it is told apart', () => {
    expect(hasStrayBraces(mean)).toBe(false)
    expect(hasStrayBraces('Σ_{i=1}^k θ_i')).toBe(true)
  })
})
