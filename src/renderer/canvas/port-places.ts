import { type NodeHandle, Position } from '@xyflow/react'
import type { CardPorts } from './card-ports'
import { inHandle, outHandle } from './handles'

/** Where ports stand on a card: known before any card is measured, so that wires can be drawn at once, also to cards that are out of view. Pure. */
export const portSize = 11
/** of the middle of a port, out of the card's edge */
const overhang = 0.5
export const rowHeight = (collapsed: boolean): number => (collapsed ? 14 : 23)

/** `top`: where the first row of ports begins, `width`: of the card; both in canvas units, from the card's corner. */
export function portPlaces(ports: CardPorts, top: number, width: number, collapsed: boolean): NodeHandle[] {
  const row = rowHeight(collapsed)
  const y = (i: number) => top + row * i + (row - portSize) / 2
  const size = { width: portSize, height: portSize }
  return [
    ...ports.inputs.map(({ name }, i) => ({
      id: inHandle(name),
      type: 'target' as const,
      position: Position.Left,
      x: -portSize / 2 + overhang,
      y: y(i),
      ...size,
    })),
    ...ports.outputs.map(({ name }, i) => ({
      id: outHandle(name),
      type: 'source' as const,
      position: Position.Right,
      x: width - portSize / 2 - overhang,
      y: y(i),
      ...size,
    })),
  ]
}

/** The other way round: where the rows begin on a card whose ports are known. */
export function topOfPorts(
  bounds:
    | { readonly source: readonly { readonly y: number }[] | null; readonly target: readonly { readonly y: number }[] | null }
    | undefined,
  collapsed: boolean,
): number | undefined {
  const all = [...(bounds?.source ?? []), ...(bounds?.target ?? [])].map(({ y }) => y)
  return all.length === 0 ? undefined : Math.min(...all) - (rowHeight(collapsed) - portSize) / 2
}
