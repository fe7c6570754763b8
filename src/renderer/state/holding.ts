import { createStore } from 'zustand/vanilla'
import type { HeldWire, Point } from './view'

/** The wire in the hand, while there is one: what it may meet, and the port that it would snap to. */
export interface Holding {
  readonly held: HeldWire | undefined
  /** a wire that was pulled off its input and is carried by its other end */
  readonly detached: { readonly from: string; readonly to: string } | undefined
  /** all wires of an output, on their way to another one */
  readonly moving: readonly { readonly from: string; readonly to: string }[]
  /** keys of ports (`portKey`) that the wire may meet */
  readonly compatible: ReadonlySet<string>
  /** in canvas coordinates */
  readonly pointer: Point
  readonly snap: { readonly key: string; readonly end: string; readonly at: Point } | undefined
}

const none: Holding = { held: undefined, detached: undefined, moving: [], compatible: new Set(), pointer: { x: 0, y: 0 }, snap: undefined }

/** One hand, one store. */
export const holding = createStore<Holding>(() => none)
export const letGo = (): void => holding.setState(none)
