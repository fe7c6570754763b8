import { createStore } from 'zustand/vanilla'
import type { FlowWire } from './flow-mapping'

/** Wires that are drawn one by one even from afar: the one under the pointer, those that hang on cards in the hand. */
export interface Apart {
  readonly hovered: string | undefined
  readonly held: ReadonlySet<string>
}
const nothing: Apart = { hovered: undefined, held: new Set() }
export const apart = createStore<Apart>(() => nothing)

/** Must a wire be an element of its own? Chosen, marked and named ones always are: they have parts that a mere line has not. */
export const standsApart = (wire: FlowWire, { hovered, held }: Apart, marked: { has(id: string): boolean } | undefined): boolean =>
  wire.selected === true ||
  wire.id === hovered ||
  held.has(wire.id) ||
  (wire.className ?? '') !== '' ||
  wire.data?.layout?.name !== undefined ||
  marked?.has(wire.id) === true
