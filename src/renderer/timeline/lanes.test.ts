import { describe, expect, it } from 'vitest'
import { graph } from '../../shared/graph/testing'
import type { Segment } from '../../shared/run/fold'
import { lanesOf, ticksOf } from './lanes'

const document = {
  ...graph({ nodes: { a: { type: 'lm', params: { model: 'model:toy' } }, b: { type: 'text' } } }),
  models: { toy: { hint: 'Toy model' } },
}
const bar = (node: string, start: number, end: number, lane = 'processor'): Segment => ({ node, lane, kind: 'work', start, end })

describe('lanes of the timeline', () => {
  it('are named by the model that a node uses, loaded in this run or before', () => {
    const lanes = lanesOf([bar('b', 0, 2), bar('a', 2, 5), bar('a', 5, 9, 'Toy model')], document, 9)
    expect(lanes.map(({ name, bars }) => [name, bars.length])).toEqual([
      ['processor', 1],
      ['Toy model', 2],
    ])
  })
  it('put what overlaps into rows, and keep a node in its row', () => {
    const [lane] = lanesOf([bar('x', 0, 10), bar('y', 5, 15), bar('x', 10, 20)], document, 20)
    expect(lane?.bars.map(({ row }) => row)).toEqual([0, 1, 0])
    expect(lane?.rows).toBe(2)
  })
  it('have round marks', () => {
    expect(ticksOf(1000)).toEqual([0, 200, 400, 600, 800, 1000])
    expect(ticksOf(1)).toEqual([0, 1])
  })
})
