import { canConnect } from '../../shared/graph/can-connect'
import { formatEndpoint, type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { type InPort, type OutPort, portsInBody, portsOf, takesMany } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import { reach, topologyOf } from '../../shared/graph/topology'
import type { NodeSpec } from '../../shared/node-spec'
import { meet, type WireKind } from '../../shared/wire'
import type { HeldWire } from '../state/view'
import { inputAt, outputAt } from './flow-mapping'
import { inHandle, outHandle } from './handles'

/** What may meet what, asked once when a wire is taken in the hand. Pure. */

/** `node handle` of every port that the held end may meet. */
export function compatiblePorts(document: GraphDocument, specs: NodeSpecs, held: HeldWire): ReadonlySet<string> {
  const holder = parseEndpoint(held.end)?.node ?? held.end
  const topology = topologyOf(document)
  // A wire must not close a circle: nothing upstream of its source may read it, nothing downstream of its target may feed it.
  const barred =
    holder.startsWith('@') || holder.startsWith('=')
      ? new Set([holder])
      : reach([holder], held.side === 'from' ? topology.sources : topology.readers)
  const found = new Set<string>()
  for (const [id, ports] of portsInBody(document, specs, document)) {
    if (barred.has(id) || id === holder) continue
    if (held.side === 'from')
      for (const port of ports.inputs.values()) if (meet(held.kind, port.wire).ok) found.add(portKey(id, inHandle(port.name)))
    if (held.side === 'to')
      for (const port of ports.outputs.values()) if (meet(port.wire, held.kind).ok) found.add(portKey(id, outHandle(port.name)))
  }
  return found
}

export const portKey = (node: string, handle: string): string => `${node} ${handle}`

/** The kind that flows at an end of a wire. */
export function kindAt(document: GraphDocument, specs: NodeSpecs, end: string, side: 'from' | 'to'): WireKind | undefined {
  const at = parseEndpoint(end)
  if (!at) return undefined
  return side === 'from' ? outputAt(document, specs, at.node, at.port)?.wire : inputAt(document, specs, at.node, at.port)?.wire
}

/** The port of a node body on which a wire was dropped: a free one that must be fed, then a free one, then one that takes many, then any. Params come last. */
export function bestPort(document: GraphDocument, specs: NodeSpecs, node: string, held: HeldWire): string | undefined {
  const ports = portsInBody(document, specs, document).get(node)
  if (!ports) return undefined
  if (held.side === 'to') {
    const out = [...ports.outputs.values()].filter((port) => canConnect(document, document, specs, endAt(node, port.name), held.end).ok)
    return out[0] ? endAt(node, out[0].name) : undefined
  }
  const fed = new Set(document.wires.map((wire) => parseEndpoint(wire.to)).flatMap((end) => (end?.node === node ? [end.port] : [])))
  const fitting = [...ports.inputs.values()].filter((port) => canConnect(document, document, specs, held.end, endAt(node, port.name)).ok)
  const rank = (port: InPort) => rankInput(port, held.kind, fed.has(port.name))
  const best = fitting.sort((a, b) => rank(a) - rank(b))[0]
  return best ? endAt(node, best.name) : undefined
}

function rankInput(port: InPort, kind: WireKind, isFed: boolean): number {
  const occupied = isFed && !takesMany(port) ? 100 : 0
  const asParam = port.origin === 'param' && port.wire !== 'model' ? 40 : 0
  const exact = port.wire === kind ? 0 : port.wire === 'any' ? 8 : 4
  const needed = port.arity === 'one' || port.arity === 'some' ? 0 : 2
  return occupied + asParam + exact + needed
}

const endAt = (node: string, port: string) => (node.startsWith('@') || node.startsWith('=') ? node : formatEndpoint({ node, port }))

/** How well a new node of this kind goes with the held wire: lower is better; undefined: it cannot take it. */
export function fitOf(spec: NodeSpec, held: HeldWire): { readonly rank: number; readonly port: string } | undefined {
  const ports = portsOf({ type: spec.type, v: spec.version, params: {} }, spec, { subgraphs: {} })
  if (held.side === 'from') {
    const fits = [...ports.inputs.values()].filter((port) => meet(held.kind, port.wire).ok)
    const ranked = fits.map((port) => ({ rank: rankInput(port, held.kind, false), port: port.name })).sort((a, b) => a.rank - b.rank)
    return ranked[0]
  }
  const fits = [...ports.outputs.values()].filter((port: OutPort) => meet(port.wire, held.kind).ok)
  const ranked = fits.map((port) => ({ rank: port.wire === held.kind ? 0 : 4, port: port.name })).sort((a, b) => a.rank - b.rank)
  return ranked[0]
}
