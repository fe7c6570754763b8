import { describe, expect, it } from 'vitest'
import { mapCards, noCards } from './cards'
import { type FlowNode, mapNodes, mapWires } from './flow-mapping'
import { testDocument as document, testSpecs as specs } from './testing'
import { neighbour } from './walk'

const nodesOf = (graph: typeof document, before: FlowNode[]) => mapNodes(graph, before, mapCards(graph, specs, noCards))
const ui = {
  ...document.ui,
  notes: [],
  nodes: {
    '@question': { x: 0, y: 0 },
    ask: { x: 400, y: 0 },
    gather: { x: 800, y: 300 },
    '=answer': { x: 800, y: 0 },
    ghost: { x: 0, y: 400 },
  },
}
const placed = { ...document, ui }
const flow = (selected: string[]) => ({ nodes: nodesOf(placed, []), wires: mapWires(placed, specs, []), selectedNodes: selected })

describe('walking with the arrow keys', () => {
  it('begins at the first node', () => {
    expect(neighbour(flow([]), 'right')).toBe('@question')
  })
  it('follows the wires to the right and back', () => {
    expect(neighbour(flow(['@question']), 'right')).toBe('ask')
    expect(neighbour(flow(['ask']), 'right')).toBe('=answer')
    expect(neighbour(flow(['=answer']), 'left')).toBe('ask')
  })
  it('goes up and down by place', () => {
    expect(neighbour(flow(['=answer']), 'down')).toBe('gather')
    expect(neighbour(flow(['gather']), 'up')).toBe('=answer')
  })
  it('stays at the edge', () => {
    expect(neighbour(flow(['@question']), 'up')).toBeUndefined()
  })
})
