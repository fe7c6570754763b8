import type { GraphBody, GraphDocument, GraphWire } from '../document'
import type { Issue } from '../issue'
import type { ModelLibrary } from '../models'
import { type NodePorts, portsInBody } from '../ports'
import type { NodeSpecs } from '../specs'
import { type Topology, topologyOf } from '../topology'
import { wireEnds } from '../wire-ends'

/** What every check of a body needs; gathered once. */
export interface CheckContext {
  readonly document: GraphDocument
  readonly body: GraphBody
  /** id of the subgraph; undefined for the graph itself */
  readonly scope: string | undefined
  readonly specs: NodeSpecs
  readonly library: ModelLibrary | undefined
  readonly ports: ReadonlyMap<string, NodePorts>
  readonly topology: Topology
  /** node → port → the wires that end there, in the order of the file */
  readonly incoming: ReadonlyMap<string, ReadonlyMap<string, readonly GraphWire[]>>
}

export function createContext(
  document: GraphDocument,
  body: GraphBody,
  options: { readonly scope?: string; readonly specs: NodeSpecs; readonly library?: ModelLibrary },
): CheckContext {
  const ports = portsInBody(body, options.specs, document)
  const { scope, specs, library } = options
  return { document, body, scope, specs, library, ports, topology: topologyOf(body), incoming: gatherIncoming(body) }
}

function gatherIncoming(body: GraphBody): Map<string, Map<string, GraphWire[]>> {
  const incoming = new Map<string, Map<string, GraphWire[]>>()
  for (const { wire, to } of wireEnds(body)) {
    if (!to) continue
    const ports = incoming.get(to.node)
    const wires = ports?.get(to.port)
    if (wires) wires.push(wire)
    else if (ports) ports.set(to.port, [wire])
    else incoming.set(to.node, new Map([[to.port, [wire]]]))
  }
  return incoming
}

export const isFed = (context: CheckContext, node: string, port: string): boolean =>
  (context.incoming.get(node)?.get(port)?.length ?? 0) > 0

export function issue(context: CheckContext, found: Omit<Issue, 'scope'>): Issue {
  return context.scope === undefined ? found : { ...found, scope: context.scope }
}
