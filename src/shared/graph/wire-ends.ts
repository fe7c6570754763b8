import { type Endpoint, type GraphWire, parseEndpoint } from './document'

/** A wire with its ends taken apart; undefined for an end that names nothing. */
export interface WireEnds {
  readonly wire: GraphWire
  readonly from: Endpoint | undefined
  readonly to: Endpoint | undefined
}

/** The wires of a body with their ends, in the order of the file. Documents are never changed in place, so all who ask share one list. */
export function wireEnds({ wires }: { readonly wires: readonly GraphWire[] }): readonly WireEnds[] {
  const known = cache.get(wires)
  if (known) return known
  const ends = wires.map((wire) => ({ wire, from: parseEndpoint(wire.from), to: parseEndpoint(wire.to) }))
  cache.set(wires, ends)
  return ends
}

const cache = new WeakMap<readonly GraphWire[], readonly WireEnds[]>()
