import { type GraphBody, type GraphWire, parseEndpoint } from '../document'

export interface Bridges {
  readonly wires: GraphWire[]
  /** output of the interface → where it comes from now */
  readonly outputs: ReadonlyMap<string, string>
}

/**
 * The wires that close the gap when nodes go: whatever a removed node fed is now fed by what came into that node first. Chains of removed nodes are followed to their beginning.
 * The kernel does not know kinds of wire; where the join does not fit, validation says so and the wire can be dragged off.
 */
export function bridgesOver(body: GraphBody, gone: ReadonlySet<string>): Bridges {
  const first = new Map<string, string>()
  for (const wire of body.wires) {
    const to = parseEndpoint(wire.to)?.node
    if (to !== undefined && gone.has(to) && !first.has(to)) first.set(to, wire.from)
  }
  const follow = (from: string): string | undefined => {
    const seen = new Set<string>()
    let at: string | undefined = from
    while (at !== undefined) {
      const node: string = parseEndpoint(at)?.node ?? ''
      if (!gone.has(node)) return at
      if (seen.has(node)) return undefined
      seen.add(node)
      at = first.get(node)
    }
    return undefined
  }
  const wires = body.wires.flatMap((wire) => {
    const from = parseEndpoint(wire.from)?.node ?? ''
    const to = parseEndpoint(wire.to)?.node ?? ''
    if (!gone.has(from) || gone.has(to)) return []
    const source = follow(wire.from)
    return source === undefined ? [] : [{ ...wire, from: source }]
  })
  const outputs = new Map<string, string>()
  for (const [name, { from }] of Object.entries(body.interface.outputs)) {
    if (from === undefined || !gone.has(parseEndpoint(from)?.node ?? '') || gone.has(`=${name}`)) continue
    const source = follow(from)
    if (source !== undefined) outputs.set(name, source)
  }
  return { wires, outputs }
}
