import { expect, it } from 'vitest'
import { lineInReport, triedIn, triedInReport } from './tried'

it('takes what a node told, each candidate as it was last', () => {
  const of = (node: string, step: number, value: number, name = 'loss') => ({ node, step, value, name, point: [value] })
  const told = [
    of('a', 1, 5),
    of('b', 1, 9),
    of('a', 2, 4),
    of('a', 1, 6),
    of('a', 3, 1, 'loss on the line'),
    { name: 'loss', node: 'a', value: 3 },
  ]
  expect(triedIn(told, 'a').map(({ step, value }) => [step, value])).toEqual([
    [1, 6],
    [2, 4],
  ])
})

it('reads the report of a search as its run told it, finalists behind the others', () => {
  const report = {
    best: {},
    candidates: [
      { loss: 2, point: [0, 1] },
      { loss: null, point: [1, 1] },
    ],
    onAllRows: [{ loss: 3, point: [0, 1] }],
  }
  expect(triedInReport(report)).toEqual([
    { name: 'loss', value: 2, step: 1, point: [0, 1] },
    { name: 'loss', value: Number.NaN, step: 2, point: [1, 1] },
    { name: 'loss', value: 3, step: 3, point: [0, 1] },
  ])
})

it('takes nothing for a search that is none, and stops where a preview was cut', () => {
  for (const other of [undefined, null, 'text', [1], { candidates: 4 }, { candidates: [{ loss: 1 }, 5] }])
    expect(triedInReport(other)).toEqual([])
  expect(triedInReport({ candidates: [{ loss: 1, point: [0] }, '… 7 more'] })).toHaveLength(1)
  expect(lineInReport({ line: 'none' })).toEqual([])
})

it('reads the line of a barrier', () => {
  expect(lineInReport({ barrier: 1, line: [{ alpha: 0.5, loss: 2 }, { alpha: 1 }] })).toEqual([
    { name: 'loss on the line', value: 2, step: 1, point: [0.5] },
  ])
})
