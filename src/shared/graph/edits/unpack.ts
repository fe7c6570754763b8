import { TributaryError } from '../../errors'
import { type Edited, edited } from '../diff'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint } from '../document'
import { freshId, has } from '../ids'
import { subgraphsWithin } from '../subgraph-hash'
import { takenIds } from './nodes'
import { bodyOf, omit, type Scoped, withBody } from './scope'
import { cornerOf, withoutUnused } from './subgraphs'
import { type Moved, movedLayouts, withoutStrays, withWireLayouts } from './wire-ui'

/** Puts the nodes of a container's subgraph in its place again. The subgraph stays in the file while another container runs it. */
export function unpackSubgraph(
  document: GraphDocument,
  args: Scoped & { readonly node: string },
): Edited & { readonly ids: ReadonlyMap<string, string> } {
  const body = bodyOf(document, args.scope)
  const id = has(body.nodes, args.node) ? body.nodes[args.node]?.subgraph : undefined
  const inner = id !== undefined && has(document.subgraphs, id) ? document.subgraphs[id] : undefined
  if (id === undefined || !inner)
    throw new TributaryError('not-found', `“${args.node}” runs no inner graph of this file`, { place: { node: args.node } })
  const ids = new Map<string, string>()
  const taken = takenIds(body)
  for (const name of Object.keys(inner.nodes)) {
    const fresh = freshId(name, (wanted) => taken.has(wanted))
    taken.add(fresh)
    ids.set(name, fresh)
  }
  const opened = unpackInto(body, args.node, inner, ids)
  const outer = withBody(document, args.scope, opened)
  const result = withoutUnused(outer, Object.keys(subgraphsWithin(document, id)))
  return { ...edited(document, result), ids }
}

function unpackInto(body: GraphBody, container: string, inner: GraphBody, ids: ReadonlyMap<string, string>): GraphBody {
  const bare = { ...body, nodes: omit(body.nodes, [container]) }
  const rename = (text: string): string => {
    const end = parseEndpoint(text)
    return end ? formatEndpoint({ ...end, node: ids.get(end.node) ?? end.node }) : text
  }
  /** input of the container → what feeds it outside */
  const fed = new Map<string, string>()
  for (const { from, to } of body.wires) {
    const end = parseEndpoint(to)
    if (end?.node === container) fed.set(end.port, from)
  }
  const sourceOf = (from: string): string | undefined => (from.startsWith('@') ? fed.get(from.slice(1)) : rename(from))
  const resultOf = (from: string): string | undefined => {
    const end = parseEndpoint(from)
    if (end?.node !== container) return from
    const source = has(inner.interface.outputs, end.port) ? inner.interface.outputs[end.port]?.from : undefined
    return source === undefined ? undefined : sourceOf(source)
  }
  const within = inner.wires.flatMap((wire) => {
    const from = sourceOf(wire.from)
    return from === undefined ? [] : [{ before: wire, after: { ...wire, from, to: rename(wire.to) } }]
  })
  const around = bare.wires.flatMap((wire): GraphWire[] => {
    if (parseEndpoint(wire.to)?.node === container) return []
    const from = resultOf(wire.from)
    return from === undefined ? [] : [from === wire.from ? wire : { ...wire, from }]
  })
  const outputs = Object.entries(bare.interface.outputs).map(([name, port]) => {
    const { from, ...rest } = port
    const source = from === undefined ? undefined : resultOf(from)
    return [name, source === undefined ? rest : { ...rest, from: source }] as const
  })
  return withoutStrays(body, {
    ...bare,
    nodes: { ...bare.nodes, ...Object.fromEntries(Object.entries(inner.nodes).map(([id, node]) => [ids.get(id) ?? id, node])) },
    wires: [...around, ...within.map(({ after }) => after)],
    interface: { ...bare.interface, outputs: Object.fromEntries(outputs) },
    ui: unpackedUi(bare, container, inner, ids, within),
  })
}

function unpackedUi(
  body: GraphBody,
  container: string,
  inner: GraphBody,
  ids: ReadonlyMap<string, string>,
  wires: readonly Moved[],
): GraphBody['ui'] {
  const at = body.ui.nodes[container] ?? { x: 0, y: 0 }
  const corner = cornerOf(inner, new Set(ids.keys()))
  const shift = { x: at.x - corner.x, y: at.y - corner.y }
  const places = Object.entries(inner.ui.nodes)
    .filter(([id]) => ids.has(id))
    .map(([id, layout]) => [ids.get(id) ?? id, { ...layout, x: layout.x + shift.x, y: layout.y + shift.y }] as const)
  const inFrame = (nodes: string[]): string[] => nodes.flatMap((id) => (id === container ? [...ids.values()] : [id]))
  return {
    ...withWireLayouts(body.ui, { ...body.ui.wires, ...movedLayouts(inner.ui, wires, shift) }),
    nodes: { ...omit(body.ui.nodes, [container]), ...Object.fromEntries(places) },
    frames: body.ui.frames.map((frame) => (frame.nodes.includes(container) ? { ...frame, nodes: inFrame(frame.nodes) } : frame)),
  }
}
