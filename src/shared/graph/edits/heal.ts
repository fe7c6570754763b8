import { type GraphBody, type GraphWire, parseEndpoint } from '../document'

export interface Bridges {
  readonly wires: GraphWire[]
  /** output of the interface → where it comes from now */
  readonly outputs: ReadonlyMap<string, string>
}

/** Would a wire from here to there be of the right kind? The kernel has no specs, so whoever has them may say. */
export type Fits = (from: string, to: string) => boolean

/**
 * The wires that close the gap when nodes go: whatever a removed node fed is now fed by what came into that node, the first of it that `fits`, over chains of removed nodes.
 * Where nothing fits the gap stays open, and validation says so.
 */
export function bridgesOver(body: GraphBody, gone: ReadonlySet<string>, fits: Fits = () => true): Bridges {
  const incoming = new Map<string, string[]>()
  for (const wire of body.wires) {
    const to = parseEndpoint(wire.to)?.node
    if (to !== undefined && gone.has(to)) incoming.set(to, [...(incoming.get(to) ?? []), wire.from])
  }
  const bridge = (from: string, to: string): string | undefined => beginningsOf(from, gone, incoming).find((source) => fits(source, to))
  const wires = body.wires.flatMap((wire) => {
    if (!isGone(gone, wire.from) || isGone(gone, wire.to)) return []
    const source = bridge(wire.from, wire.to)
    return source === undefined ? [] : [{ ...wire, from: source }]
  })
  const outputs = new Map<string, string>()
  for (const [name, { from }] of Object.entries(body.interface.outputs)) {
    if (from === undefined || !isGone(gone, from) || gone.has(`=${name}`)) continue
    const source = bridge(from, `=${name}`)
    if (source !== undefined) outputs.set(name, source)
  }
  return { wires, outputs }
}

const isGone = (gone: ReadonlySet<string>, end: string): boolean => gone.has(parseEndpoint(end)?.node ?? '')

/** Where the value at `from` came from in the end, looking through removed nodes: nearest first, in the order of the wires. */
function beginningsOf(from: string, gone: ReadonlySet<string>, incoming: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  const queue = [from]
  for (let i = 0; i < queue.length; i++) {
    const end = queue[i] ?? ''
    const node = parseEndpoint(end)?.node ?? ''
    if (!gone.has(node)) found.push(end)
    else if (!seen.has(node)) {
      seen.add(node)
      queue.push(...(incoming.get(node) ?? []))
    }
  }
  return found
}
