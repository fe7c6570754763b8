import { TributaryError } from '../../errors'
import type { WireKind } from '../../wire'
import { type Edited, edited } from '../diff'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint, type Subgraph } from '../document'
import { freshId, has, slugify } from '../ids'
import { addNode, removeNodes } from './nodes'
import { bodyOf, omit, type Scoped, withBody } from './scope'
import { movedLayouts, withoutStrays, withWireLayouts } from './wire-ui'

export interface MakeSubgraph extends Scoped {
  readonly nodes: readonly string[]
  readonly name: string
  /** the container's type and version, `subgraph` of the catalog */
  readonly type: string
  readonly v: number
  /** kind of the value at an output (`node.port`, `@input`): the kernel has no specs */
  readonly kindOf: (from: string) => WireKind
}

/**
 * Puts nodes into a subgraph and a container in their place. Each value that came in from outside becomes one input, each value that was read outside one output, so that
 * the graph computes the same. Throws `usage` when no node is named, and when a wire leaves the selection and comes back (the container would wait for itself).
 */
export function makeSubgraph(document: GraphDocument, args: MakeSubgraph): Edited & { readonly node: string; readonly subgraph: string } {
  const body = bodyOf(document, args.scope)
  const inside = new Set(args.nodes.filter((id) => has(body.nodes, id)))
  if (inside.size === 0) throw new TributaryError('usage', 'a subgraph needs at least one node')
  checkConvex(body, inside)
  const subgraph = freshId(slugify(args.name, 'subgraph'), (id) => has(document.subgraphs, id))
  const face = cutFace(body, inside, args.kindOf)
  const inner: Subgraph = { name: args.name, ...innerBody(body, inside, face) }
  const corner = cornerOf(body, inside)
  const added = addNode(
    { ...document, subgraphs: { ...document.subgraphs, [subgraph]: inner } },
    { scope: args.scope, type: args.type, v: args.v, subgraph, title: args.name, at: corner, id: subgraph },
  )
  const cut = removeNodes(added.document, { scope: args.scope, nodes: [...inside] }).document
  const outer = joinOutside(bodyOf(cut, args.scope), body, inside, face, added.id)
  return { ...edited(document, withBody(cut, args.scope, outer)), node: added.id, subgraph }
}

/** `from` outside → name of the input that brings it in; `from` inside → name of the output that brings it out. */
interface Face {
  readonly inputs: ReadonlyMap<string, { readonly name: string; readonly type: WireKind }>
  readonly outputs: ReadonlyMap<string, { readonly name: string; readonly type: WireKind }>
}

function cutFace(body: GraphBody, inside: ReadonlySet<string>, kindOf: (from: string) => WireKind): Face {
  const inputs = new Map<string, { name: string; type: WireKind }>()
  const outputs = new Map<string, { name: string; type: WireKind }>()
  const add = (face: Map<string, { name: string; type: WireKind }>, from: string, wanted: string): void => {
    if (face.has(from)) return
    const taken = new Set(Array.from(face.values(), ({ name }) => name))
    face.set(from, { name: freshId(slugify(wanted, 'port'), (name) => taken.has(name)), type: kindOf(from) })
  }
  for (const { from, to } of body.wires) {
    const end = parseEndpoint(to)
    if (!isIn(inside, from) && isIn(inside, to)) add(inputs, from, from.startsWith('@') ? from.slice(1) : (end?.port ?? ''))
    if (isIn(inside, from) && !isIn(inside, to)) add(outputs, from, parseEndpoint(from)?.port ?? '')
  }
  for (const { from } of Object.values(body.interface.outputs))
    if (from !== undefined && isIn(inside, from)) add(outputs, from, parseEndpoint(from)?.port ?? '')
  return { inputs, outputs }
}

const isIn = (inside: ReadonlySet<string>, end: string): boolean => inside.has(parseEndpoint(end)?.node ?? '')

function innerBody(body: GraphBody, inside: ReadonlySet<string>, face: Face): GraphBody {
  const wires = body.wires.flatMap((wire): GraphWire[] => {
    if (!isIn(inside, wire.to)) return []
    const input = face.inputs.get(wire.from)
    return [input ? { ...wire, from: `@${input.name}` } : wire]
  })
  const inputs = Array.from(face.inputs.values(), ({ name, type }) => [name, { type }] as const)
  const outputs = Array.from(face.outputs, ([from, { name, type }]) => [name, { type, from }] as const)
  const keep = <T>(record: { [id: string]: T }): { [id: string]: T } =>
    Object.fromEntries(Object.entries(record).filter(([id]) => inside.has(id)))
  const ui = {
    nodes: { ...keep(body.ui.nodes), ...faceLayout(body, inside, face) },
    frames: body.ui.frames.filter(({ nodes }) => nodes.length > 0 && nodes.every((id) => inside.has(id))),
    notes: [],
  }
  const within = wires.map((wire) => ({ before: wire, after: wire }))
  return {
    interface: { inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(outputs) },
    nodes: keep(body.nodes),
    wires,
    ui: withWireLayouts(ui, movedLayouts(body.ui, within)),
  }
}

const columnGap = 260
const rowGap = 90

/** Inputs in a column left of the nodes, outputs in one right of them. */
function faceLayout(body: GraphBody, inside: ReadonlySet<string>, face: Face): GraphBody['ui']['nodes'] {
  const { x, y } = cornerOf(body, inside)
  const right = Math.max(x, ...[...inside].map((id) => body.ui.nodes[id]?.x ?? x))
  const column = (names: string[], at: number) => names.map((id, row) => [id, { x: at, y: y + row * rowGap }] as const)
  return Object.fromEntries([
    ...column(
      Array.from(face.inputs.values(), ({ name }) => `@${name}`),
      x - columnGap,
    ),
    ...column(
      Array.from(face.outputs.values(), ({ name }) => `=${name}`),
      right + columnGap,
    ),
  ])
}

export function cornerOf(body: GraphBody, inside: ReadonlySet<string>): { x: number; y: number } {
  const places = [...inside].flatMap((id) => (has(body.ui.nodes, id) ? [body.ui.nodes[id]] : [])).filter((place) => place !== undefined)
  if (places.length === 0) return { x: 0, y: 0 }
  return { x: Math.min(...places.map(({ x }) => x)), y: Math.min(...places.map(({ y }) => y)) }
}

function joinOutside(outer: GraphBody, before: GraphBody, inside: ReadonlySet<string>, face: Face, container: string): GraphBody {
  const into = Array.from(face.inputs, ([from, { name }]): GraphWire => ({ from, to: formatEndpoint({ node: container, port: name }) }))
  const out = before.wires.flatMap((wire): GraphWire[] => {
    const output = face.outputs.get(wire.from)
    return output && !isIn(inside, wire.to) ? [{ ...wire, from: formatEndpoint({ node: container, port: output.name }) }] : []
  })
  const outputs = Object.entries(outer.interface.outputs).map(([name, port]) => {
    const from = before.interface.outputs[name]?.from
    const output = from === undefined ? undefined : face.outputs.get(from)
    return [name, output ? { ...port, from: formatEndpoint({ node: container, port: output.name }) } : port] as const
  })
  const joined = {
    ...outer,
    wires: [...outer.wires, ...into, ...out],
    interface: { ...outer.interface, outputs: Object.fromEntries(outputs) },
  }
  return withoutStrays(before, joined)
}

/** Nothing outside may lie on a way from the selection back into it. */
function checkConvex(body: GraphBody, inside: ReadonlySet<string>): void {
  const readers = new Map<string, string[]>()
  for (const { from, to } of body.wires) {
    const [start, end] = [parseEndpoint(from)?.node ?? '', parseEndpoint(to)?.node ?? '']
    readers.set(start, [...(readers.get(start) ?? []), end])
  }
  const stack = [...inside].flatMap((id) => readers.get(id) ?? []).filter((id) => !inside.has(id))
  const seen = new Set<string>()
  while (stack.length > 0) {
    const id = stack.pop() ?? ''
    if (seen.has(id)) continue
    seen.add(id)
    for (const next of readers.get(id) ?? []) {
      if (inside.has(next)) {
        throw new TributaryError('usage', `“${id}” lies between the chosen nodes: a subgraph without it would wait for itself`, {
          hint: 'choose it too',
          place: { node: id },
        })
      }
      stack.push(next)
    }
  }
}

/** Of these subgraphs, those that no container runs any more go; others stay, used or not. */
export function withoutUnused(document: GraphDocument, candidates: readonly string[]): GraphDocument {
  const keep = new Set(Object.keys(document.subgraphs).filter((id) => !candidates.includes(id)))
  const stack: GraphBody[] = [document, ...[...keep].flatMap((id) => document.subgraphs[id] ?? [])]
  while (stack.length > 0) {
    for (const { subgraph } of Object.values(stack.pop()?.nodes ?? {})) {
      if (subgraph === undefined || keep.has(subgraph) || !has(document.subgraphs, subgraph)) continue
      keep.add(subgraph)
      stack.push(...[document.subgraphs[subgraph]].filter((body) => body !== undefined))
    }
  }
  const gone = candidates.filter((id) => !keep.has(id))
  return gone.length === 0 ? document : { ...document, subgraphs: omit(document.subgraphs, gone) }
}

/** An empty inner graph for a new Map, Loop or Subgraph. */
export function addSubgraph(
  document: GraphDocument,
  args: { readonly name: string; readonly body?: GraphBody },
): Edited & { readonly subgraph: string } {
  const subgraph = freshId(slugify(args.name, 'subgraph'), (id) => has(document.subgraphs, id))
  const empty: GraphBody = { interface: { inputs: {}, outputs: {} }, nodes: {}, wires: [], ui: { nodes: {}, frames: [], notes: [] } }
  const added: Subgraph = { name: args.name, ...(args.body ?? empty) }
  return { ...edited(document, { ...document, subgraphs: { ...document.subgraphs, [subgraph]: added } }), subgraph }
}

export const removeSubgraph = (document: GraphDocument, args: { readonly subgraph: string }): Edited =>
  edited(document, { ...document, subgraphs: omit(document.subgraphs, [args.subgraph]) })
