import { type GraphDocument, type GraphInterface, type NodeLayout, parseEndpoint } from '../../shared/graph/document'
import { type InPort, type NodePorts, type OutPort, portsOf } from '../../shared/graph/ports'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type WireFamily, type WireKind, wireKinds } from '../../shared/wire'

/** What a card shows of its ports, and which of them have wires. Pure. */

/** A port as it stands on a card. */
export interface CardPort {
  readonly name: string
  /** what people read in its place */
  readonly title: string
  readonly kind: WireKind
  readonly family: WireFamily
  readonly list: boolean
  readonly summary: string
  /** must have a wire and has none */
  readonly open: boolean
  readonly wired: boolean
  readonly isParam: boolean
  /** named by a wire only: the type has no such port */
  readonly missing: boolean
}

export interface CardPorts {
  readonly inputs: readonly CardPort[]
  readonly outputs: readonly CardPort[]
}

/** The ports that a card shows: all declared ones and slots, params that a wire feeds or that are shown on purpose, and whatever a wire speaks of. */
export function cardPorts(document: GraphDocument, specs: NodeSpecs, id: string): CardPorts {
  const node = Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined
  if (!node) return { inputs: [], outputs: [] }
  const spec = specs.get(node.type)
  const ports: NodePorts = spec ? portsOf(node, spec, document) : { inputs: new Map(), outputs: new Map() }
  const fed = fedPorts(document, id)
  const read = readPorts(document, id)
  const shown = exposedParams(document.ui.nodes[id])
  const inputs = [...ports.inputs.values()]
    .filter((port) => port.origin !== 'param' || fed.has(port.name) || shown.includes(port.name))
    .map((port) => cardInput(port, fed.has(port.name)))
  const outputs = [...ports.outputs.values()].map((port) => cardOutput(port, read.has(port.name)))
  return {
    inputs: [...inputs, ...[...fed].filter((name) => !ports.inputs.has(name)).map((name) => missingPort(name, spec !== undefined))],
    outputs: [...outputs, ...[...read].filter((name) => !ports.outputs.has(name)).map((name) => missingPort(name, spec !== undefined))],
  }
}

function cardInput(port: InPort, wired: boolean): CardPort {
  const { name, title, wire, arity, summary, origin, takesList } = port
  const needed = arity === 'one' || arity === 'some'
  const list = takesList || arity === 'many' || arity === 'some'
  return {
    name,
    title,
    kind: wire,
    family: wireKinds[wire].family,
    list,
    summary,
    open: needed && !wired,
    wired,
    isParam: origin === 'param',
    missing: false,
  }
}

function cardOutput(port: OutPort, wired: boolean): CardPort {
  const { name, title, wire, summary, list } = port
  return { name, title, kind: wire, family: wireKinds[wire].family, list, summary, open: false, wired, isParam: false, missing: false }
}

const missingPort = (name: string, known: boolean): CardPort => ({
  name,
  title: name,
  kind: 'any',
  family: 'text',
  list: false,
  summary: known ? 'This node type has no such port.' : '',
  open: false,
  wired: true,
  isParam: false,
  missing: known,
})

/** Params that are drawn as ports although no wire feeds them yet: a matter of layout, kept in `ui`. */
export function exposedParams(layout: NodeLayout | undefined): readonly string[] {
  const exposed: unknown = layout?.exposed
  return Array.isArray(exposed) ? exposed.filter((name): name is string => typeof name === 'string') : []
}

interface WireIndex {
  readonly fed: ReadonlyMap<string, ReadonlySet<string>>
  readonly read: ReadonlyMap<string, ReadonlySet<string>>
}
const indexes = new WeakMap<GraphDocument['wires'], { readonly outputs: GraphInterface['outputs']; readonly index: WireIndex }>()
const nothing: ReadonlySet<string> = new Set()

export const fedPorts = (document: GraphDocument, node: string): ReadonlySet<string> => indexOf(document).fed.get(node) ?? nothing
export const readPorts = (document: GraphDocument, node: string): ReadonlySet<string> => indexOf(document).read.get(node) ?? nothing

/** Found once for the same wires, whatever else of the document changes. */
function indexOf({ wires, interface: { outputs } }: GraphDocument): WireIndex {
  const known = indexes.get(wires)
  if (known?.outputs === outputs) return known.index
  const fed = new Map<string, Set<string>>()
  const read = new Map<string, Set<string>>()
  const add = (map: Map<string, Set<string>>, text: string | undefined) => {
    const end = parseEndpoint(text ?? '')
    if (!end) return
    const ports = map.get(end.node) ?? new Set()
    map.set(end.node, ports.add(end.port))
  }
  for (const wire of wires) {
    add(read, wire.from)
    add(fed, wire.to)
  }
  for (const output of Object.values(outputs)) add(read, output.from)
  const index = { fed, read }
  indexes.set(wires, { outputs, index })
  return index
}
