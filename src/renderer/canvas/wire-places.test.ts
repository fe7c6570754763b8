import { type InternalNode, Position } from '@xyflow/react'
import { describe, expect, it } from 'vitest'
import { apart, standsApart } from './apart'
import { strandsOf } from './far-wires'
import type { FlowNode, FlowWire } from './flow-mapping'
import { lineOf, samePlaces, wireAt, wirePlaces } from './wire-places'

const handle = (type: 'source' | 'target', id: string, x: number) => ({
  id,
  nodeId: '',
  type,
  position: type === 'source' ? Position.Right : Position.Left,
  x,
  y: 20,
  width: 10,
  height: 10,
})
const node = (id: string, x: number): [string, InternalNode<FlowNode>] => [
  id,
  {
    id,
    type: 'card',
    position: { x, y: 0 },
    data: {},
    measured: {},
    internals: {
      positionAbsolute: { x, y: 0 },
      z: 0,
      userNode: { id, type: 'card', position: { x, y: 0 }, data: {} },
      handleBounds: { source: [handle('source', 'out:text', 95)], target: [handle('target', 'in:text', -5)] },
    },
  },
]
const nodes = new Map([node('a', 0), node('b', 300), node('c', 600)])
const wire = (source: string, target: string, more: Partial<NonNullable<FlowWire['data']>> = {}): FlowWire => ({
  id: `${source}>${target}`,
  source,
  target,
  sourceHandle: 'out:text',
  targetHandle: 'in:text',
  data: {
    from: `${source}.text`,
    to: `${target}.text`,
    kind: 'text',
    family: 'text',
    list: false,
    broken: false,
    layout: undefined,
    ...more,
  },
})

describe('the places of wires', () => {
  it('are from the outer edge of one port to the outer edge of the other', () => {
    const [place] = wirePlaces(nodes, [wire('a', 'b')])
    expect([place?.start, place?.end]).toEqual([
      { x: 105, y: 25 },
      { x: 295, y: 25 },
    ])
  })
  it('are not those of wires whose port is not there', () => {
    expect(wirePlaces(nodes, [{ ...wire('a', 'b'), sourceHandle: 'out:gone' }, wire('a', 'nobody')])).toEqual([])
  })
  it('are the same while no card has moved', () => {
    const wires = [wire('a', 'b')]
    expect(samePlaces(wirePlaces(nodes, wires), wirePlaces(nodes, wires))).toBe(true)
    expect(samePlaces(wirePlaces(nodes, wires), wirePlaces(new Map([node('a', 5), node('b', 300)]), wires))).toBe(false)
  })
})

describe('a wire under the pointer', () => {
  const places = wirePlaces(nodes, [wire('a', 'b'), wire('b', 'c'), wire('a', 'c', { layout: { points: [[350, 200]] } })])
  it('is the nearest within reach', () => {
    expect(wireAt(places, { x: 200, y: 27 }, 8)?.id).toBe('a>b')
    expect(wireAt(places, { x: 500, y: 22 }, 8)?.id).toBe('b>c')
    expect(wireAt(places, { x: 200, y: 60 }, 8)).toBeUndefined()
  })
  it('is found where it goes through a point', () => {
    expect(wireAt(places, { x: 352, y: 203 }, 8)?.id).toBe('a>c')
  })
  it('goes through its points, from end to end', () => {
    const line = lineOf(places[2] ?? { wire: wire('a', 'c'), start: { x: 0, y: 0 }, end: { x: 0, y: 0 } })
    expect(line[0]).toEqual({ x: 105, y: 25 })
    expect(line.at(-1)).toEqual({ x: 595, y: 25 })
    expect(line.some(({ x, y }) => Math.hypot(x - 350, y - 200) < 1e-9)).toBe(true)
  })
})

describe('wires from afar', () => {
  const places = wirePlaces(nodes, [wire('a', 'b'), wire('b', 'c'), wire('a', 'c', { kind: 'json', list: true })])
  it('are one line for all that look alike', () => {
    const strands = strandsOf(places, new Set())
    expect(strands.map(({ className, list }) => [className, list])).toEqual([
      ['wire kind-text', false],
      ['wire kind-json', true],
    ])
    expect(strands[0]?.line.match(/M/g)).toHaveLength(2)
  })
  it('show which of their nodes are at work', () => {
    expect(strandsOf(places, new Set(['b'])).map(({ className }) => className)).toContain('wire kind-text is-running')
  })
  it('stand apart while a hand is near them, or they have more to show than a line', () => {
    const state = { ...apart.getState(), hovered: 'a>b', held: new Set(['b>c']) }
    const alone = (one: FlowWire) => standsApart(one, state, new Set(['x']))
    expect([alone(wire('a', 'b')), alone(wire('b', 'c')), alone(wire('a', 'c'))]).toEqual([true, true, false])
    expect(alone({ ...wire('a', 'c'), selected: true })).toBe(true)
    expect(alone(wire('a', 'c', { layout: { name: 'context' } }))).toBe(true)
    expect(alone({ ...wire('a', 'c'), id: 'x' })).toBe(true)
  })
})
