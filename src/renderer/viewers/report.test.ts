import { describe, expect, it } from 'vitest'
import { reportLines, reportParts, textOf } from './report'

describe('a report, readable', () => {
  it('has single values as lines, records alike as a table, a record within as a part', () => {
    const parts = reportParts({
      refusedUnsafe: 0.25,
      set: 'built in',
      best: { loss: 0.0322022, point: [0.34018, 0.8465] },
      candidates: [
        { loss: 0.5, point: [1, 0] },
        { loss: null, point: [0.25, 0.75] },
      ],
    })
    expect(parts?.facts).toEqual([
      ['Refused unsafe', '0.25'],
      ['Set', 'built in'],
    ])
    expect(parts?.inner).toEqual([
      [
        'Best',
        {
          facts: [
            ['Loss', '0.0322'],
            ['Point', '0.3402, 0.8465'],
          ],
          tables: [],
          inner: [],
        },
      ],
    ])
    expect(parts?.tables).toEqual([
      {
        name: 'Candidates',
        columns: ['Loss', 'Point'],
        rows: [
          ['0.5', '1, 0'],
          ['–', '0.25, 0.75'],
        ],
        total: 2,
      },
    ])
  })
  it('says how much a cut list really holds, and leaves names of tensors alone', () => {
    expect(reportParts([{ a: 1 }, '… 30 more'])?.tables[0]?.total).toBe(31)
    expect(reportParts({ 'blk.0.ffn_up.weight': 1.5 })?.facts).toEqual([['blk.0.ffn_up.weight', '1.5']])
  })
  it('leaves to JSON what has no such form', () => {
    for (const odd of ['text', 3, null, [], {}, [1, 2], [[1], [2]], { a: { b: { c: { d: 1 } } } }, { a: [{ b: 1 }, 2] }])
      expect(reportParts(odd)).toBeUndefined()
  })
  it('is a few lines on a card', () => {
    expect(reportLines({ kept: 0.93, matrices: [{}, {}], best: { loss: 0.5, point: [1, 2] }, ok: true })).toBe(
      'Kept: 0.93\nMatrices: 2\nBest: loss 0.5, point 1, 2\nOk: yes',
    )
  })
})

it('shows a long list by its first items', () => {
  expect(textOf([1, 2, 3, 4, 5, 6, 7, 8])).toBe('1, 2, 3, 4, 5, 6, 7, 8')
  expect(textOf([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe('1, 2, 3, 4, 5, 6, … 3 more')
  expect(textOf([{}])).toBeUndefined()
})
