import { describe, expect, it } from 'vitest'
import { graph } from '../graph/testing'
import { criticalPath } from './critical-path'
import type { Segment } from './segments'

const document = graph({
  nodes: { a: { type: 'text' }, b: { type: 'text' }, c: { type: 'text' }, d: { type: 'text' } },
  wires: ['a.text > c.x', 'b.text > c.y', 'c.text > d.x'],
})
const bar = (node: string, start: number, end: number, lane = 'processor', kind: Segment['kind'] = 'work'): Segment => ({
  node,
  lane,
  kind,
  start,
  end,
})

describe('the critical path', () => {
  it('goes back through the source that ended last', () => {
    const segments = [bar('a', 0, 10), bar('b', 0, 40), bar('c', 40, 60), bar('d', 60, 65)]
    expect(criticalPath(document, { segments })).toEqual({ nodes: ['b', 'c', 'd'], ms: 65 })
  })
  it('goes to the node that held the model, where one stood in line for it', () => {
    const apart = graph({ nodes: { a: { type: 'text' }, b: { type: 'text' } } })
    const segments = [bar('a', 0, 50, 'Toy', 'decode'), bar('b', 2, 50, 'Toy', 'wait'), bar('b', 50, 90, 'Toy', 'decode')]
    expect(criticalPath(apart, { segments })).toEqual({ nodes: ['a', 'b'], ms: 90 })
  })
  it('counts what a container runs as the container, and is empty without a run', () => {
    expect(criticalPath(document, { segments: [bar('c/0/x', 0, 5), bar('c/1/x', 5, 9)] })).toEqual({ nodes: ['c'], ms: 9 })
    expect(criticalPath(document, { segments: [] })).toEqual({ nodes: [], ms: 0 })
  })
})
