import { paramTitle, portTitle } from '../names'
import type { InputPort, NodeSpec, ParamSpec } from '../node-spec'
import { type WireKind, wireKindNames } from '../wire'
import { type GraphBody, type GraphDocument, type GraphInterface, type GraphNode, parseEndpoint } from './document'
import { has } from './ids'
import { graphLimits } from './limits'
import { allSlotsOf } from './slots'
import type { NodeSpecs } from './specs'

/** Why a port is there. `wire`: on a node of unknown type, known only by the wires that end in it. */
export type PortOrigin = 'declared' | 'slot' | 'param' | 'container' | 'error' | 'interface' | 'wire'

export interface InPort {
  readonly name: string
  /** what people read in its place */
  readonly title: string
  readonly wire: WireKind
  readonly arity: InputPort['arity']
  readonly takesList: boolean
  readonly summary: string
  readonly origin: PortOrigin
}

export interface OutPort {
  readonly name: string
  /** what people read in its place */
  readonly title: string
  readonly wire: WireKind
  readonly list: boolean
  readonly summary: string
  readonly origin: PortOrigin
}

export interface NodePorts {
  readonly inputs: ReadonlyMap<string, InPort>
  readonly outputs: ReadonlyMap<string, OutPort>
}

export const takesMany = (port: InPort): boolean => port.arity === 'many' || port.arity === 'some'

/**
 * The ports that a node really has: those of its spec, the slots of its template, its params (each can be fed by a wire), those of the graph inside it,
 * and `error` where its failures leave by a wire. An earlier name wins over a later one. The result for the same node, spec and subgraph is the same object.
 */
export function portsOf(node: GraphNode, spec: NodeSpec, document: Pick<GraphDocument, 'subgraphs'>): NodePorts {
  if (hasPortsOfItsSpec(node, spec)) return portsOfSpec(spec)
  const inner = innerInterface(node, spec, document)
  const known = cache.get(node)
  if (known && known.spec === spec && known.inner === inner) return known.ports
  const ports = { inputs: inputsOf(node, spec, inner), outputs: outputsOf(node, spec, inner) }
  cache.set(node, { spec, inner, ports })
  return ports
}

/** Documents are never changed in place, so what was true of a node object stays true. */
const cache = new WeakMap<GraphNode, { spec: NodeSpec; inner: GraphInterface | undefined; ports: NodePorts }>()

const hasPortsOfItsSpec = (node: GraphNode, spec: NodeSpec): boolean =>
  spec.slots === undefined && spec.container === undefined && spec.outputKindFrom === undefined && node.policy?.onError !== 'wire'

/** The ports that all nodes of a type share when nothing of the node adds to them. */
function portsOfSpec(spec: NodeSpec): NodePorts {
  const known = shared.get(spec)
  if (known) return known
  const node = { type: spec.type, v: spec.version, params: {} }
  const ports = { inputs: inputsOf(node, spec, undefined), outputs: outputsOf(node, spec, undefined) }
  shared.set(spec, ports)
  return ports
}

const shared = new WeakMap<NodeSpec, NodePorts>()

/** The interface of the graph that a container runs; undefined for other nodes and for a subgraph that is not there. */
export function innerInterface(node: GraphNode, spec: NodeSpec, document: Pick<GraphDocument, 'subgraphs'>): GraphInterface | undefined {
  if (spec.container === undefined || node.subgraph === undefined) return undefined
  return has(document.subgraphs, node.subgraph) ? document.subgraphs[node.subgraph]?.interface : undefined
}

/** The ports of everything in a body that has some: nodes (ghosts too, by their wires) and the pseudo-nodes `@input` and `=output`. */
export function portsInBody(body: GraphBody, specs: NodeSpecs, document: Pick<GraphDocument, 'subgraphs'>): Map<string, NodePorts> {
  const all = new Map<string, NodePorts>()
  const ghosts: string[] = []
  for (const id in body.nodes) {
    const node = body.nodes[id]!
    const spec = specs.get(node.type)
    if (spec) all.set(id, portsOf(node, spec, document))
    else ghosts.push(id)
  }
  if (ghosts.length > 0) for (const [id, ports] of ghostPorts(ghosts, body)) all.set(id, ports)
  for (const [name, input] of Object.entries(body.interface.inputs)) {
    const port: OutPort = { name: '', title: name, wire: input.type, list: false, summary: input.doc ?? '', origin: 'interface' }
    all.set(`@${name}`, { inputs: new Map(), outputs: new Map([['', port]]) })
  }
  for (const [name, output] of Object.entries(body.interface.outputs)) {
    const port: InPort = {
      name: '',
      title: name,
      wire: output.type,
      arity: 'one',
      takesList: true,
      summary: output.doc ?? '',
      origin: 'interface',
    }
    all.set(`=${name}`, { inputs: new Map([['', port]]), outputs: new Map() })
  }
  return all
}

function inputsOf(node: GraphNode, spec: NodeSpec, inner: GraphInterface | undefined): Map<string, InPort> {
  const ports = new Map<string, InPort>()
  const add = (port: InPort): void => {
    if (!ports.has(port.name)) ports.set(port.name, port)
  }
  for (const [name, input] of Object.entries(spec.inputs)) {
    const { wire, arity, summary, takesList = false } = input
    add({ name, title: portTitle(name, input), wire, arity, takesList, summary, origin: 'declared' })
  }
  for (const [name, param] of Object.entries(spec.params)) {
    const wire = wireOfParam(param)
    if (wire) {
      const title = paramTitle(name, param)
      add({ name, title, wire, arity: 'optional', takesList: false, summary: param.summary, origin: 'param' })
    }
  }
  for (const name of slotNames(node, spec).slice(0, graphLimits.ports)) {
    const wire = spec.slots?.wire ?? 'text'
    add({ name, title: name, wire, arity: 'one', takesList: false, summary: `what stands at {{${name}}}`, origin: 'slot' })
  }
  for (const [name, input] of Object.entries(inner?.inputs ?? {}).slice(0, graphLimits.ports)) {
    const arity = input.required === false || input.default !== undefined ? 'optional' : 'one'
    add({ name, title: name, wire: input.type, arity, takesList: false, summary: input.doc ?? '', origin: 'container' })
  }
  return ports
}

function outputsOf(node: GraphNode, spec: NodeSpec, inner: GraphInterface | undefined): Map<string, OutPort> {
  const ports = new Map<string, OutPort>()
  for (const [name, output] of Object.entries(spec.outputs)) {
    const wire = spec.outputKindFrom?.output === name ? (chosenKind(node, spec, spec.outputKindFrom.param) ?? output.wire) : output.wire
    const { list = false, summary } = output
    ports.set(name, { name, title: portTitle(name, output), wire, list, summary, origin: 'declared' })
  }
  const list = spec.container === 'map'
  for (const [name, output] of Object.entries(inner?.outputs ?? {}).slice(0, graphLimits.ports)) {
    if (!ports.has(name)) ports.set(name, { name, title: name, wire: output.type, list, summary: output.doc ?? '', origin: 'container' })
  }
  if (node.policy?.onError === 'wire' && !ports.has('error')) {
    const summary = 'what went wrong, when it does'
    ports.set('error', { name: 'error', title: 'error', wire: 'json', list: false, summary, origin: 'error' })
  }
  return ports
}

/** The kind of wire that may feed a param. Resources name files: nothing that flows may choose one. */
export function wireOfParam(param: ParamSpec): WireKind | undefined {
  switch (param.kind) {
    case 'number':
    case 'text':
    case 'boolean':
    case 'model':
    case 'json':
      return param.kind
    case 'choice':
      return 'text'
    case 'resource':
      return undefined
    default:
      return param satisfies never
  }
}

/** All slot names of the template as it stands in the file (a template that comes by wire has none). */
export function slotNames(node: GraphNode, spec: NodeSpec): string[] {
  if (!spec.slots) return []
  const template = paramValue(node, spec, spec.slots.param)
  return typeof template === 'string' ? allSlotsOf(template) : []
}

/** The value of a param: what the file says, else the default of its spec. */
export function paramValue(node: GraphNode, spec: NodeSpec, name: string): unknown {
  if (has(node.params, name)) return node.params[name]
  return has(spec.params, name) ? spec.params[name]?.default : undefined
}

/** Whether a param matters now: one that another param hides is neither shown nor asked for. */
export function isParamShown(node: GraphNode, spec: NodeSpec, { when }: ParamSpec): boolean {
  if (!when) return true
  const value = paramValue(node, spec, when.param)
  return when.in.some((allowed) => allowed === value)
}

type Option = Extract<ParamSpec, { kind: 'choice' }>['options'][number]

/** The options that are chosen among the settings that matter now, in the order of the spec. */
export const chosenOptions = (node: GraphNode, spec: NodeSpec): Option[] =>
  Object.entries(spec.params).flatMap(([name, param]) => {
    const option = isParamShown(node, spec, param) ? chosenOption(node, spec, name) : undefined
    return option ? [option] : []
  })

/** What is chosen of a choice; undefined for other params, and for values that are not offered. */
export function chosenOption(node: GraphNode, spec: NodeSpec, name: string): Option | undefined {
  const param = spec.params[name]
  if (param?.kind !== 'choice') return undefined
  const value = paramValue(node, spec, name)
  return param.options.find((option) => option.value === value)
}

/** Whether the seed matters as the node is set now. A choice that a wire makes (`fed`) may be any. */
export const drawsAnything = (node: GraphNode, spec: NodeSpec, fed: ReadonlySet<string>): boolean =>
  spec.stochastic === true &&
  Object.keys(spec.params).every((name) => fed.has(name) || chosenOption(node, spec, name)?.stochastic !== false)

function chosenKind(node: GraphNode, spec: NodeSpec, param: string): WireKind | undefined {
  const value = paramValue(node, spec, param)
  return wireKindNames.find((kind) => kind === value)
}

/** A node of unknown type shows the ports that its wires speak of, so that they can be drawn and kept. */
function ghostPorts(ids: readonly string[], body: GraphBody): Map<string, { inputs: Map<string, InPort>; outputs: Map<string, OutPort> }> {
  const ghosts = new Map<string, { inputs: Map<string, InPort>; outputs: Map<string, OutPort> }>()
  for (const id of ids) ghosts.set(id, { inputs: new Map(), outputs: new Map() })
  const froms = [...body.wires.map(({ from }) => from), ...Object.values(body.interface.outputs).map(({ from }) => from ?? '')]
  for (const text of froms) {
    const end = parseEndpoint(text)
    if (end)
      ghosts
        .get(end.node)
        ?.outputs.set(end.port, { name: end.port, title: end.port, wire: 'any', list: false, summary: '', origin: 'wire' })
  }
  for (const { to } of body.wires) {
    const end = parseEndpoint(to)
    if (end)
      ghosts.get(end.node)?.inputs.set(end.port, {
        name: end.port,
        title: end.port,
        wire: 'any',
        arity: 'many',
        takesList: true,
        summary: '',
        origin: 'wire',
      })
  }
  return ghosts
}
