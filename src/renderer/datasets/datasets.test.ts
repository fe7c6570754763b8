import { describe, expect, it } from 'vitest'
import type { BatchGridRow } from '../../shared/batch/api'
import type { BatchOutcome } from '../../shared/batch/cells'
import type { GraphDocument } from '../../shared/graph/document'
import { leftText } from '../parts/format'
import { differenceText, figureText, meanText, pText, standing } from './figures'
import { withOutcomes, withoutFailures } from './grid-state'
import { placesOf, settingOf, whatIsMissing, withSetting } from './setup'

const outcome = (row: number, variant: number, status: 'done' | 'failed' = 'done'): BatchOutcome => ({
  row,
  variant,
  status,
  outputs: {},
  metrics: {},
  wallMs: 1,
  tokens: 0,
})
const rows = (...entries: BatchGridRow[]) => new Map(entries.map((row) => [row.row, row]))

describe('the rows of a grid', () => {
  const known = rows({ row: 0, fields: {}, cells: [null, null] }, { row: 1, fields: {}, cells: [outcome(1, 0, 'failed'), outcome(1, 1)] })
  it('change only where something came of them', () => {
    const next = withOutcomes(known, [outcome(0, 1), outcome(7, 0)])
    expect(next.get(0)?.cells).toEqual([null, outcome(0, 1)])
    expect(next.get(1)).toBe(known.get(1))
    expect(next.has(7)).toBe(false)
  })
  it('stay the same map without news', () => expect(withOutcomes(known, [outcome(9, 0)])).toBe(known))
  it('lose their failures while these are tried again', () => {
    expect(withoutFailures(known, undefined).get(1)?.cells).toEqual([null, outcome(1, 1)])
    expect(withoutFailures(known, { row: 1, variant: 1 }).get(1)).toBe(known.get(1))
  })
})

describe('figures', () => {
  it('are short', () => {
    expect([figureText(0.5, 'share'), figureText(1, 'share'), figureText(null, 'share'), figureText(1500, 'ms')]).toEqual([
      '0.50',
      '1',
      '–',
      '1.5 s',
    ])
    expect(meanText(1, 'share')).toBe('1.00')
    expect([pText(0.0004), pText(0.0041), pText(0.0625)]).toEqual(['p < 0.001', 'p = 0.004', 'p = 0.06'])
    expect([leftText(undefined), leftText(1), leftText(40), leftText(600)]).toEqual([
      '',
      'nearly done',
      'about 40 s left',
      'about 10 min left',
    ])
  })
  it('say better or worse only beyond chance', () => {
    const paired = { rows: 10, wins: 8, losses: 1, difference: 0.7, p: 0.04 }
    expect(differenceText(paired, 'share')).toBe('+0.70')
    expect(standing(paired, 'higher')).toBe('better')
    expect(standing(paired, 'lower')).toBe('worse')
    expect(standing({ ...paired, p: 0.06 }, 'higher')).toBe('even')
  })
})

describe('variants', () => {
  const variant = { name: 'A', set: {}, models: {} }
  it('set params and models, and leave them again', () => {
    const set = withSetting(withSetting(variant, 'lm.k', 3), 'model:small', 'toy-base')
    expect(set).toEqual({ name: 'A', set: { 'lm.k': 3 }, models: { small: { catalog: 'toy-base' } } })
    expect([settingOf(set, 'lm.k'), settingOf(set, 'model:small')]).toEqual([3, 'toy-base'])
    expect(placesOf([set])).toEqual(['lm.k', 'model:small'])
    expect(withSetting(withSetting(set, 'lm.k', undefined), 'model:small', undefined)).toEqual(variant)
  })
  it('wait until every input has its column', () => {
    const document = {
      interface: { inputs: { q: { type: 'text' as const } }, outputs: { a: { type: 'text' as const } } },
    } as unknown as GraphDocument
    const definition = { name: '', map: {}, variants: [variant], metrics: [], seed: 0, keepGoing: true }
    expect(whatIsMissing(definition, document, ['x'])).toBe('Say which column feeds “q”.')
    expect(whatIsMissing({ ...definition, map: { q: '.y' } }, document, ['x'])).toContain('does not have')
    expect(whatIsMissing({ ...definition, map: { q: '.x' } }, document, ['x'])).toBeUndefined()
    expect(whatIsMissing(definition, undefined, [])).toBe('Choose a graph.')
  })
})
