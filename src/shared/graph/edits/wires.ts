import { TributaryError } from '../../errors'
import { nextOrder } from '../can-connect'
import type { Edited } from '../diff'
import { edited } from '../diff'
import { formatEndpoint, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint } from '../document'
import { has } from '../ids'
import { type AddNode, addNode } from './nodes'
import { bodyOf, editBody, nodeOf, type Scoped, setMember, withBody } from './scope'
import { followWires, type Moved, type WireEnds, wireKeyOf, wireLayout } from './wire-ui'

export type Ends = WireEnds

/**
 * Draws a wire. `to` as `canConnect` gives it: without `#order` it replaces what ends there; with `#order` it takes that place and those behind it move up; `=name` sets an output of the graph.
 * Throws `usage` for text that names no ends and `not-found` for nodes that are not there.
 */
export const connect = (document: GraphDocument, args: Scoped & Ends): Edited =>
  editBody(document, args, (body) => withWire(body, args.from, args.to))

export function withWire(body: GraphBody, from: string, to: string): GraphBody {
  const start = parseEndpoint(from)
  const end = parseEndpoint(to)
  if (!start || !end || start.node.startsWith('=') || end.node.startsWith('@'))
    throw new TributaryError('usage', `no wire can go from “${from}” to “${to}”`)
  checkStart(body, start.node)
  if (end.node.startsWith('=')) return withOutputFrom(body, end.node.slice(1), from)
  nodeOf(body, end.node)
  const wire: GraphWire = { from, to: formatEndpoint(end) }
  if (body.wires.some((other) => other.from === wire.from && other.to === wire.to)) return body
  if (end.order === undefined) return { ...body, wires: [...body.wires.filter(({ to: other }) => !sameEnd(other, end)), wire] }
  const moved = makeRoom(body.wires, end.node, end.port, end.order)
  return { ...body, wires: [...moved, wire], ui: followWires(body.ui, movesOf(body.wires, moved)) }
}

/** The wires that are another object now, at the same place in the row. */
const movesOf = (before: readonly GraphWire[], after: readonly GraphWire[]): Moved[] =>
  before.flatMap((wire, i) => (after[i] && after[i] !== wire ? [{ before: wire, after: after[i] }] : []))

function checkStart(body: GraphBody, node: string): void {
  if (!node.startsWith('@')) nodeOf(body, node)
  else if (!has(body.interface.inputs, node.slice(1))) throw new TributaryError('not-found', `the graph has no input “${node.slice(1)}”`)
}

function withOutputFrom(body: GraphBody, name: string, from: string | undefined): GraphBody {
  const output = has(body.interface.outputs, name) ? body.interface.outputs[name] : undefined
  if (!output) throw new TributaryError('not-found', `the graph has no output “${name}”`)
  const next = setMember(output, 'from', from)
  if (next === output) return body
  return { ...body, interface: { ...body.interface, outputs: { ...body.interface.outputs, [name]: next } } }
}

function sameEnd(to: string, end: { node: string; port: string }): boolean {
  const other = parseEndpoint(to)
  return other?.node === end.node && other.port === end.port
}

/** Frees a place in a port that takes many by moving those from there on up by one, but only as far as places are taken. */
function makeRoom(wires: readonly GraphWire[], node: string, port: string, order: number): GraphWire[] {
  const taken = new Set(wires.flatMap(({ to }) => (sameEnd(to, { node, port }) ? [parseEndpoint(to)?.order ?? -1] : [])))
  let free = order
  while (taken.has(free)) free++
  return wires.map((wire) => {
    const at = parseEndpoint(wire.to)?.order
    const moves = at !== undefined && at >= order && at < free && sameEnd(wire.to, { node, port })
    return moves ? { ...wire, to: formatEndpoint({ node, port, order: at + 1 }) } : wire
  })
}

/** Takes wires away, by their ends as they stand in the file. Those that are not there are no matter. */
export function disconnect(document: GraphDocument, args: Scoped & { readonly wires: readonly Ends[] }): Edited {
  const gone = new Set(args.wires.map(({ from, to }) => `${from}>${to}`))
  return editBody(document, args, (body) => {
    const wires = body.wires.filter(({ from, to }) => !gone.has(`${from}>${to}`))
    const kept = wires.length === body.wires.length ? body : { ...body, wires }
    return Object.entries(body.interface.outputs)
      .filter(([name, { from }]) => from !== undefined && gone.has(`${from}>=${name}`))
      .reduce((at, [name]) => withOutputFrom(at, name, undefined), kept)
  })
}

/** One wire leaves its old ends for new ones, as a single edit. Its points, its name and its notes go along. */
export function rewire(document: GraphDocument, args: Scoped & { readonly wire: Ends } & Ends): Edited {
  const { scope, wire, from } = args
  const said = wireLayout(bodyOf(document, scope), wire)
  const cut = disconnect(document, { scope, wires: [wire] }).document
  const joined = connect(cut, { scope, from, to: args.to }).document
  const body = bodyOf(joined, scope)
  const end = parseEndpoint(args.to)
  const to = end && !args.to.startsWith('=') ? formatEndpoint(end) : args.to
  const ui = said ? { ...body.ui, wires: { ...body.ui.wires, [wireKeyOf(wire)]: said } } : body.ui
  return edited(document, withBody(joined, scope, { ...body, ui: followWires(ui, [{ before: wire, after: { from, to } }]) }))
}

/** Wires of a port that takes many, in a new order: `froms` are their beginnings. Those not named keep their order behind. */
export function reorderWires(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly port: string; readonly froms: readonly string[] },
): Edited {
  return editBody(document, args, (body) => {
    const end = { node: args.node, port: args.port }
    const here = body.wires
      .filter(({ to }) => sameEnd(to, end))
      .sort((a, b) => (parseEndpoint(a.to)?.order ?? 0) - (parseEndpoint(b.to)?.order ?? 0))
    const rank = (wire: GraphWire): number => (args.froms.includes(wire.from) ? args.froms.indexOf(wire.from) : args.froms.length)
    const chosen = [...here].sort((a, b) => rank(a) - rank(b))
    const sorted = chosen.map((wire, order) => ({ ...wire, to: formatEndpoint({ ...end, order }) }))
    return {
      ...body,
      wires: [...body.wires.filter(({ to }) => !sameEnd(to, end)), ...sorted],
      ui: followWires(body.ui, movesOf(chosen, sorted)),
    }
  })
}

/** Puts a node into a wire: what flowed from A to B now flows from A through `input` and `output` of the node to B. */
export function spliceNode(
  document: GraphDocument,
  args: Scoped & { readonly wire: Ends; readonly node: string; readonly input: string; readonly output: string },
): Edited {
  const { scope, wire, node } = args
  const body = bodyOf(document, scope)
  const isMany = parseEndpoint(args.input)?.order !== undefined
  const order = isMany ? nextOrder(body, node, args.input) : undefined
  const cut = disconnect(document, { scope, wires: [wire] }).document
  const into = formatEndpoint(order === undefined ? { node, port: args.input } : { node, port: args.input, order })
  const first = connect(cut, { scope, from: wire.from, to: into }).document
  return edited(document, connect(first, { scope, from: formatEndpoint({ node, port: args.output }), to: wire.to }).document)
}

/** A new node in the middle of a wire: what a converter's button does. */
export function insertNode(
  document: GraphDocument,
  args: AddNode & { readonly wire: Ends; readonly input: string; readonly output: string },
): Edited & { readonly id: string } {
  const added = addNode(document, args)
  const spliced = spliceNode(added.document, { scope: args.scope, wire: args.wire, node: added.id, input: args.input, output: args.output })
  return { ...edited(document, spliced.document), id: added.id }
}
