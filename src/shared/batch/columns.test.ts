import { describe, expect, it } from 'vitest'
import { columnTypes, suggestMap, suggestMetrics } from './columns'
import { inOrder } from './ordered'

describe('columns', () => {
  it('have the type of what they hold', () => {
    const rows = [
      { a: 'x', b: '12', c: true, d: [1], e: '', f: 'yes', g: 'true', h: 1 },
      { a: '3', b: 4, c: 'false', d: [], e: null, f: { x: 1 }, g: 'false', h: [2] },
    ]
    expect(columnTypes([...'abcdefgh', 'none'], rows).map(({ type }) => type)).toEqual([
      'text',
      'number',
      'yes or no',
      'list',
      'empty',
      'mixed',
      'yes or no',
      'mixed',
      'empty',
    ])
  })
  it('are guessed for inputs: of the same name first, else what is called like a question', () => {
    expect(suggestMap({ Question: { type: 'text' }, k: { type: 'number' } }, ['question', 'gold'])).toEqual({ Question: '.question' })
    expect(suggestMap({ prompt: { type: 'text' } }, ['id', 'question', 'gold'])).toEqual({ prompt: '.question' })
    expect(suggestMap({ a: { type: 'text' }, b: { type: 'text' } }, ['question'])).toEqual({})
  })
  it('are guessed for metrics', () => {
    expect(
      suggestMetrics({ answer: { type: 'text' } }, ['question', 'answer', 'short']).map(({ kind, expected }) => [kind, expected]),
    ).toEqual([
      ['em', '.short'],
      ['f1', '.short'],
      ['latency', undefined],
    ])
    expect(suggestMetrics({ answer: { type: 'text' } }, ['question'])).toHaveLength(1)
  })
})

it('what comes in any order goes out in order', () => {
  const out: string[] = []
  const report = inOrder<string>(
    (thing) => out.push(thing),
    (number) => number === 1,
  )
  report(3, 'd')
  report(2, 'c')
  expect(out).toEqual([])
  report(0, 'a')
  expect(out).toEqual(['a', 'c', 'd'])
  report(0, 'a again')
  expect(out).toEqual(['a', 'c', 'd', 'a again'])
})
