import { createStore } from 'zustand/vanilla'
import type { FlowNode } from './flow-mapping'
import { sizeOf } from './flow-mapping'

/** What a dragged box lines up with: edges and middles of other cards, drawn as lines while the hand is near them. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export interface Guide {
  readonly along: 'x' | 'y'
  readonly at: number
  readonly from: number
  readonly to: number
}
export const guides = createStore<{ readonly lines: readonly Guide[] }>(() => ({ lines: [] }))

export const boxOf = (node: FlowNode): Box => ({ ...node.position, ...sizeOf(node) })

export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  }
}

/** The shift that brings a box onto the nearest line of another within `reach`, in each direction by itself, and the lines that it then stands on. Pure. */
export function alignTo(
  moving: Box,
  others: readonly Box[],
  reach: number,
): { readonly dx: number; readonly dy: number; readonly lines: Guide[] } {
  const across = nearest(moving, others, 'x', reach)
  const down = nearest(moving, others, 'y', reach)
  const dx = across?.shift ?? 0
  const dy = down?.shift ?? 0
  const box = { ...moving, x: moving.x + dx, y: moving.y + dy }
  const lines = [...(across ? [lineOf('x', across.at, box, across.other)] : []), ...(down ? [lineOf('y', down.at, box, down.other)] : [])]
  return { dx, dy, lines }
}

function nearest(moving: Box, others: readonly Box[], along: 'x' | 'y', reach: number) {
  const length = along === 'x' ? 'width' : 'height'
  let best: { shift: number; at: number; other: Box } | undefined
  for (const other of others) {
    for (const part of parts) {
      const own = moving[along] + moving[length] * part
      // Edges meet edges, middles meet middles: anything else is chance.
      for (const at of part === 0.5 ? [other[along] + other[length] / 2] : [other[along], other[along] + other[length]]) {
        const shift = at - own
        if (Math.abs(shift) <= reach && (!best || Math.abs(shift) < Math.abs(best.shift))) best = { shift, at, other }
      }
    }
  }
  return best
}
const parts = [0, 0.5, 1] as const

function lineOf(along: 'x' | 'y', at: number, a: Box, b: Box): Guide {
  const [start, length] = along === 'x' ? (['y', 'height'] as const) : (['x', 'width'] as const)
  return { along, at, from: Math.min(a[start], b[start]), to: Math.max(a[start] + a[length], b[start] + b[length]) }
}
