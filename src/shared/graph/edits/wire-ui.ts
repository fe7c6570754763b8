import type { GraphBody, GraphUi, WireLayout } from '../document'
import { has } from '../ids'

/**
 * What `ui` says of wires, by their ends: points, names, and notes that are attached to them. A wire that gets other ends takes it along, one that goes leaves nothing behind.
 */
export interface WireEnds {
  readonly from: string
  readonly to: string
}
export const wireKeyOf = ({ from, to }: WireEnds): string => `${from}>${to}`

type Layouts = { readonly [key: string]: WireLayout }

export const wireLayout = (body: Pick<GraphBody, 'ui'>, wire: WireEnds): WireLayout | undefined => {
  const all = body.ui.wires
  const key = wireKeyOf(wire)
  return all && has(all, key) ? all[key] : undefined
}

/** The layout with other entries for wires; without the member where there are none. */
export function withWireLayouts(ui: GraphUi, layouts: Layouts): GraphUi {
  const { wires: _, ...rest } = ui
  return Object.keys(layouts).length === 0 ? rest : { ...rest, wires: { ...layouts } }
}

export interface Moved {
  readonly before: WireEnds
  readonly after: WireEnds
}

/** The entries of wires under their new ends, their points moved by `shift`. */
export function movedLayouts(ui: GraphUi, moves: readonly Moved[], shift = { x: 0, y: 0 }): Layouts {
  return Object.fromEntries(
    moves.flatMap(({ before, after }) => {
      const layout = wireLayout({ ui }, before)
      if (!layout) return []
      const points = layout.points?.map(([x, y]): [number, number] => [x + shift.x, y + shift.y])
      return [[wireKeyOf(after), points ? { ...layout, points } : layout] as const]
    }),
  )
}

/** Wires of one body got other ends: their entries, and notes on them, follow. */
export function followWires(ui: GraphUi, moves: readonly Moved[]): GraphUi {
  const keys = new Map(moves.map(({ before, after }) => [wireKeyOf(before), wireKeyOf(after)]))
  const left = Object.fromEntries(Object.entries(ui.wires ?? {}).filter(([key]) => !keys.has(key)))
  const laid = ui.wires ? withWireLayouts(ui, { ...left, ...movedLayouts(ui, moves) }) : ui
  if (!ui.notes.some(({ attachedTo }) => attachedTo !== undefined && keys.has(attachedTo))) return laid
  return {
    ...laid,
    notes: laid.notes.map((note) => {
      const key = note.attachedTo === undefined ? undefined : keys.get(note.attachedTo)
      return key === undefined ? note : { ...note, attachedTo: key }
    }),
  }
}

/** A body after an edit, without the entries of wires that are gone. Looks only where wires changed. */
export function withoutStrays(before: GraphBody, after: GraphBody): GraphBody {
  const { wires } = after.ui
  if (!wires || (after.wires === before.wires && after.interface.outputs === before.interface.outputs)) return after
  const there = new Set([
    ...after.wires.map(wireKeyOf),
    ...Object.entries(after.interface.outputs).map(([name, { from }]) => wireKeyOf({ from: from ?? '', to: `=${name}` })),
  ])
  const kept = Object.entries(wires).filter(([key]) => there.has(key))
  return kept.length === Object.keys(wires).length ? after : { ...after, ui: withWireLayouts(after.ui, Object.fromEntries(kept)) }
}
