import { describe, expect, it } from 'vitest'
// @ts-expect-error a tool in plain JavaScript
import { importCircles } from './import-circles.mjs'

const circles = (imports: Record<string, readonly string[]>): unknown =>
  importCircles(new Map(Object.entries(imports).map(([file, others]) => [file, new Set(others)])))

describe('circles of imports', () => {
  it('are not there where all goes one way, whatever meets again', () => {
    expect(circles({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([])
  })
  it('are named whole, each once, without what only leads to them', () => {
    expect(circles({ start: ['b'], a: ['c'], b: ['a'], c: ['b', 'end'], end: [], x: ['y'], y: ['x'] })).toEqual([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ])
  })
  it('may be two that share a file, or a file alone', () => {
    expect(circles({ a: ['b', 'c'], b: ['a'], c: ['a'], d: ['d'] })).toEqual([['a', 'b', 'c'], ['d']])
  })
  it('is soon seen in a chain of 20,000', () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`f${at}`, at < 19_999 ? [`f${at + 1}`] : []]))
    expect(circles(chain)).toEqual([])
  })
})
