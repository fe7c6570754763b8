import { meet, type WireKind } from '../wire'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint } from './document'
import { type InPort, type OutPort, portsInBody, takesMany } from './ports'
import type { NodeSpecs } from './specs'
import { reach, topologyOf } from './topology'

export type Connection =
  | {
      readonly ok: true
      /** the kinds differ and the value is converted on the way, without loss */
      readonly coerced: boolean
      /** where the wire ends: with `#order` on a port that takes many */
      readonly to: string
      /** a wire that gives way, on a port that takes one */
      readonly replaces?: GraphWire
    }
  | {
      readonly ok: false
      readonly reason: string
      /** type of a node that would convert, where there is one */
      readonly converter?: string
    }

/** May a wire go from `from` to `to`? A refusal says why in a sentence. */
export const canConnect = (document: GraphDocument, body: GraphBody, specs: NodeSpecs, from: string, to: string): Connection =>
  connectionCheck(document, body, specs)(from, to)

/** The same for many wires of one body: while one hovers, every port is asked. What all answers share is gathered once. */
export function connectionCheck(document: GraphDocument, body: GraphBody, specs: NodeSpecs): (from: string, to: string) => Connection {
  const ports = portsInBody(body, specs, document)
  const topology = topologyOf(body)
  const there = gatherByEnd(body.wires)
  const upstreamOf = new Map<string, ReadonlySet<string>>()
  const waitsFor = (node: string, other: string): boolean => {
    const upstream = upstreamOf.get(node) ?? reach([node], topology.sources)
    upstreamOf.set(node, upstream)
    return upstream.has(other)
  }
  return (from, to) => {
    const start = parseEndpoint(from)
    const end = parseEndpoint(to)
    if (!start || !end) return refuse('a wire goes from an output to an input')
    if (start.node === end.node) return refuse('a node cannot feed itself: use a Loop')
    const output = ports.get(start.node)?.outputs.get(start.port) ?? ghostOutput(body, specs, start.node, start.port)
    const input = ports.get(end.node)?.inputs.get(end.port) ?? ghostInput(body, specs, end.node, end.port)
    if (!output) return refuse(`there is no output ${formatEndpoint(start)}`)
    if (!input) return refuse(`there is no input ${formatEndpoint({ node: end.node, port: end.port })}`)
    const meeting = meet(output.wire, input.wire)
    if (!meeting.ok)
      return { ok: false, reason: meeting.reason, ...(meeting.converter === undefined ? {} : { converter: meeting.converter }) }
    if (waitsFor(start.node, end.node)) return refuse(`this would close a circle: ${start.node} already waits for ${end.node}; use a Loop`)
    return accept(body, there, input, end.node, meeting.coerced, from, to)
  }
}

/** `node.port` → the wires that end there. */
function gatherByEnd(wires: readonly GraphWire[]): Map<string, GraphWire[]> {
  const found = new Map<string, GraphWire[]>()
  for (const wire of wires) {
    const end = parseEndpoint(wire.to)
    if (!end) continue
    const base = formatEndpoint({ node: end.node, port: end.port })
    const there = found.get(base) ?? []
    there.push(wire)
    found.set(base, there)
  }
  return found
}

function accept(
  body: GraphBody,
  byEnd: ReadonlyMap<string, readonly GraphWire[]>,
  input: InPort,
  node: string,
  coerced: boolean,
  from: string,
  to: string,
): Connection {
  if (node.startsWith('=')) {
    const before = body.interface.outputs[node.slice(1)]?.from
    return { ok: true, coerced, to: node, ...(before === undefined ? {} : { replaces: { from: before, to: node } }) }
  }
  const base = formatEndpoint({ node, port: input.name })
  const there = byEnd.get(base) ?? []
  if (!takesMany(input)) return { ok: true, coerced, to: base, ...(there[0] ? { replaces: there[0] } : {}) }
  const twin = there.find((wire) => wire.from === from)
  if (twin) return { ok: true, coerced, to: twin.to, replaces: twin }
  return { ok: true, coerced, to: parseEndpoint(to)?.order === undefined ? `${base}#${nextOrder(body, node, input.name)}` : to }
}

/** The first free `#order` behind all wires of a port. */
export function nextOrder(body: GraphBody, node: string, port: string): number {
  const orders = body.wires.map((wire) => parseEndpoint(wire.to)).filter((end) => end?.node === node && end.port === port)
  return orders.reduce((next, end) => Math.max(next, (end?.order ?? 0) + 1), 0)
}

const refuse = (reason: string): Connection => ({ ok: false, reason })

/** A ghost takes any wire: nobody knows its ports, and refusing would stop a person from repairing the graph. */
const isGhost = (body: GraphBody, specs: NodeSpecs, node: string): boolean => {
  const found = Object.hasOwn(body.nodes, node) ? body.nodes[node] : undefined
  return found !== undefined && !specs.has(found.type)
}
const anyKind: WireKind = 'any'

function ghostOutput(body: GraphBody, specs: NodeSpecs, node: string, name: string): OutPort | undefined {
  return isGhost(body, specs, node) ? { name, title: name, wire: anyKind, list: false, summary: '', origin: 'wire' } : undefined
}

function ghostInput(body: GraphBody, specs: NodeSpecs, node: string, name: string): InPort | undefined {
  return isGhost(body, specs, node)
    ? { name, title: name, wire: anyKind, arity: 'many', takesList: true, summary: '', origin: 'wire' }
    : undefined
}
