import { meet } from '../wire'
import { type Endpoint, type GraphBody, type GraphDocument, parseEndpoint } from './document'
import { has } from './ids'
import { type InPort, type NodePorts, portsInBody } from './ports'
import type { NodeSpecs } from './specs'
import { wireEnds } from './wire-ends'

/** Where a value really comes from, once bypassed nodes are looked through. */
export type Source =
  | { readonly kind: 'node'; readonly node: string; readonly port: string }
  | { readonly kind: 'input'; readonly input: string }

export interface Sources {
  /** node → port (input or fed param) → its sources, in the order of the port */
  readonly ofNode: ReadonlyMap<string, ReadonlyMap<string, readonly Source[]>>
  /** output of the interface → its source */
  readonly outputs: ReadonlyMap<string, Source>
  /** wires whose value cannot come, because a bypassed node has nothing of that kind to hand through: node → why */
  readonly broken: ReadonlyMap<string, string>
  /** every wire brings its value straight from its beginning to its end: no node is bypassed and no wire left out */
  readonly areAsDrawn: boolean
}

/** Follows every wire to the node that makes its value. A bypassed node hands through its first fed input whose kind fits; wires with an end that is not there are left out. */
export function resolveSources(body: GraphBody, specs: NodeSpecs, document: Pick<GraphDocument, 'subgraphs'>): Sources {
  const ports = portsInBody(body, specs, document)
  const feeding = gatherFeeding(body)
  const ofNode = new Map<string, Map<string, Source[]>>()
  const broken = new Map<string, string>()
  let followed = 0
  feeding.forEach((inputs, node) => {
    const known = new Map<string, Source[]>()
    const taken = ports.get(node)?.inputs
    inputs.forEach((froms, port) => {
      if (!taken?.has(port)) return
      const found: Source[] = []
      for (const from of froms) {
        const source = followUp(from, body, ports, feeding)
        if (source) found.push(source)
      }
      followed += found.length
      if (found.length > 0) known.set(port, found)
      else broken.set(node, `nothing reaches its input “${taken.get(port)!.title}”`)
    })
    ofNode.set(node, known)
  })
  const outputs = new Map<string, Source>()
  for (const [name, { from }] of Object.entries(body.interface.outputs)) {
    const end = from === undefined ? undefined : parseEndpoint(from)
    const source = end && followUp(end, body, ports, feeding)
    if (source) outputs.set(name, source)
  }
  return { ofNode, outputs, broken, areAsDrawn: followed === body.wires.length && !hasBypassed(body) }
}

function hasBypassed({ nodes }: GraphBody): boolean {
  for (const id in nodes) if (nodes[id]!.bypassed) return true
  return false
}

/** node → port → the beginnings of its wires, in the order of the port (`#order`, then the order of the file). */
function gatherFeeding(body: GraphBody): Map<string, Map<string, Endpoint[]>> {
  const found = new Map<string, Map<string, Endpoint[]>>()
  const orders = new Map<Endpoint, number>()
  for (const { from, to } of wireEnds(body)) {
    if (!from || !to || !has(body.nodes, to.node)) continue
    const ports = found.get(to.node)
    const ends = ports?.get(to.port)
    if (to.order !== undefined) orders.set(from, to.order)
    if (ends) ends.push(from)
    else if (ports) ports.set(to.port, [from])
    else found.set(to.node, new Map([[to.port, [from]]]))
  }
  const orderOf = (end: Endpoint): number => orders.get(end) ?? Number.MAX_SAFE_INTEGER
  for (const ports of found.values()) for (const ends of ports.values()) if (ends.length > 1) ends.sort((a, b) => orderOf(a) - orderOf(b))
  return found
}

function followUp(
  from: Endpoint,
  body: GraphBody,
  ports: ReadonlyMap<string, NodePorts>,
  feeding: ReadonlyMap<string, ReadonlyMap<string, readonly Endpoint[]>>,
): Source | undefined {
  let seen: Set<string> | undefined
  let at: Endpoint | undefined = from
  while (at) {
    if (at.node.startsWith('@'))
      return has(body.interface.inputs, at.node.slice(1)) ? { kind: 'input', input: at.node.slice(1) } : undefined
    const node = has(body.nodes, at.node) ? body.nodes[at.node] : undefined
    const output = ports.get(at.node)?.outputs.get(at.port)
    if (!node || !output || seen?.has(at.node)) return undefined
    if (!node.bypassed) return { kind: 'node', node: at.node, port: at.port }
    seen ??= new Set()
    seen.add(at.node)
    const inputs: ReadonlyMap<string, readonly Endpoint[]> = feeding.get(at.node) ?? new Map<string, readonly Endpoint[]>()
    const through: InPort | undefined = [...(ports.get(at.node)?.inputs.values() ?? [])].find((input) => {
      const meeting = meet(input.wire, output.wire)
      return inputs.has(input.name) && meeting.ok && !meeting.coerced
    })
    at = through && inputs.get(through.name)?.[0]
  }
  return undefined
}
