import { TributaryError } from '../../errors'
import type { WireKind } from '../../wire'
import type { Edited } from '../diff'
import { edited } from '../diff'
import type { GraphBody, GraphDocument, InterfaceInput, InterfaceOutput } from '../document'
import { freshId, has, slugify } from '../ids'
import { renameContainerPorts } from './container-ports'
import { removeNodes } from './nodes'
import { bodyOf, editBody, type Scoped, withBody } from './scope'
import { followWires } from './wire-ui'

/** Inputs and outputs of a graph: drawn as the pseudo-nodes `@name` and `=name`, ports of the container where the graph is a subgraph. */
export type Side = 'inputs' | 'outputs'

const sign = (side: Side): '@' | '=' => (side === 'inputs' ? '@' : '=')

/** `name` is the one it got: derived from the wanted one, unique on its side. `from` connects a new output at once. */
export function addPort(
  document: GraphDocument,
  args: Scoped & {
    readonly side: Side
    readonly name: string
    readonly type: WireKind
    readonly at?: { readonly x: number; readonly y: number }
    readonly from?: string
    readonly doc?: string
    readonly required?: boolean
  },
): Edited & { readonly name: string } {
  let name = ''
  const edit = editBody(document, args, (body) => {
    name = freshId(slugify(args.name, args.side === 'inputs' ? 'input' : 'output'), (wanted) => has(body.interface[args.side], wanted))
    const { type, doc, from, required } = args
    const port = {
      type,
      ...(doc === undefined ? {} : { doc }),
      ...(from === undefined || args.side === 'inputs' ? {} : { from }),
      ...(required === undefined || args.side === 'outputs' ? {} : { required }),
    }
    const ui = args.at ? { ...body.ui, nodes: { ...body.ui.nodes, [`${sign(args.side)}${name}`]: { ...args.at } } } : body.ui
    return { ...body, interface: { ...body.interface, [args.side]: { ...body.interface[args.side], [name]: port } }, ui }
  })
  return { ...edit, name }
}

/** Type, doc, default, bounds, … of an input or output. Members set to undefined are taken out. */
export function updatePort(
  document: GraphDocument,
  args: Scoped & {
    readonly side: Side
    readonly name: string
    readonly changes: { readonly [K in keyof (InterfaceInput & InterfaceOutput)]?: unknown }
  },
): Edited {
  return editBody(document, args, (body) => {
    const before = portOf(body, args.side, args.name)
    const after = Object.fromEntries(Object.entries({ ...before, ...args.changes }).filter(([, value]) => value !== undefined))
    return { ...body, interface: { ...body.interface, [args.side]: { ...body.interface[args.side], [args.name]: after } } }
  })
}

function portOf(body: GraphBody, side: Side, name: string): InterfaceInput | InterfaceOutput {
  const port = has(body.interface[side], name) ? body.interface[side][name] : undefined
  if (!port) throw new TributaryError('not-found', `the graph has no ${side === 'inputs' ? 'input' : 'output'} “${name}”`)
  return port
}

/** A new name, and every wire follows: inside the graph, and, where the graph is a subgraph, on every container that runs it. */
export function renamePort(
  document: GraphDocument,
  args: Scoped & { readonly side: Side; readonly name: string; readonly to: string },
): Edited & { readonly name: string } {
  const { side, name, scope } = args
  const body = bodyOf(document, scope)
  const port = portOf(body, side, name)
  if (args.to === name) return { ...edited(document, document), name }
  const fresh = freshId(slugify(args.to, 'port'), (wanted) => wanted !== name && has(body.interface[side], wanted))
  const [before, after] = [`${sign(side)}${name}`, `${sign(side)}${fresh}`]
  const rename = (id: string): string => (id === before ? after : id)
  const ports = Object.fromEntries(
    Object.entries(body.interface[side]).map(([key, value]) => (key === name ? [fresh, port] : [key, value])),
  )
  const wires = body.wires.map((wire) => (wire.from === before ? { ...wire, from: after } : wire))
  const drawn = Object.entries(body.interface.outputs).map(([key, { from = '' }]) => ({ from, to: `=${key}` }))
  const moves = [...body.wires, ...drawn]
    .map((wire) => ({ before: wire, after: { from: rename(wire.from), to: rename(wire.to) } }))
    .filter(({ before: was, after: is }) => was.from !== is.from || was.to !== is.to)
  const renamed: GraphBody = {
    ...body,
    interface: withRenamedFroms({ ...body.interface, [side]: ports }, rename),
    wires,
    ui: {
      ...followWires(body.ui, moves),
      nodes: Object.fromEntries(Object.entries(body.ui.nodes).map(([id, layout]) => [rename(id), layout])),
      frames: body.ui.frames.map((frame) => (frame.nodes.includes(before) ? { ...frame, nodes: frame.nodes.map(rename) } : frame)),
    },
  }
  const inside = withBody(document, scope, renamed)
  const outside = scope === undefined ? inside : renameContainerPorts(inside, scope, side, new Map([[name, fresh]]))
  return { ...edited(document, outside), name: fresh }
}

/** An output may come straight from an input. */
function withRenamedFroms(face: GraphBody['interface'], rename: (id: string) => string): GraphBody['interface'] {
  const outputs = Object.entries(face.outputs).map(([name, output]) => {
    const from = output.from === undefined ? undefined : rename(output.from)
    return [name, from === output.from || from === undefined ? output : { ...output, from }] as const
  })
  return { ...face, outputs: Object.fromEntries(outputs) }
}

/** Takes an input or output away, with its wires inside. Wires on containers stay and dangle visibly, until a person decides. */
export function removePort(document: GraphDocument, args: Scoped & { readonly side: Side; readonly name: string }): Edited {
  portOf(bodyOf(document, args.scope), args.side, args.name)
  return removeNodes(document, { scope: args.scope, nodes: [`${sign(args.side)}${args.name}`] })
}
