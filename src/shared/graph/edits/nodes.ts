import { TributaryError } from '../../errors'
import type { Json } from '../../json'
import type { Edited } from '../diff'
import type { ErrorPolicy, GraphBody, GraphDocument, GraphNode, NodeLayout } from '../document'
import { parseEndpoint } from '../document'
import { freshId, has, slugify } from '../ids'
import { bridgesOver, type Fits } from './heal'
import { editBody, omit, type Scoped, setMember, withNode } from './scope'

export interface AddNode extends Scoped {
  readonly type: string
  readonly v?: number
  readonly params?: { readonly [name: string]: Json }
  readonly title?: string
  readonly subgraph?: string
  readonly at?: { readonly x: number; readonly y: number }
  /** wanted id; derived from the type if absent, made unique in any case */
  readonly id?: string
}

/** Adds a node; `id` is the one it got. */
export function addNode(document: GraphDocument, args: AddNode): Edited & { readonly id: string } {
  let id = ''
  const edit = editBody(document, args, (body) => {
    const taken = takenIds(body)
    id = freshId(slugify(args.id ?? args.type), (wanted) => taken.has(wanted))
    const { title, subgraph } = args
    const node: GraphNode = {
      type: args.type,
      v: args.v ?? 1,
      params: { ...args.params } as GraphNode['params'],
      ...(title === undefined ? {} : { title }),
      ...(subgraph === undefined ? {} : { subgraph }),
    }
    const nodes = { ...body.nodes, [id]: node }
    return args.at ? { ...body, nodes, ui: { ...body.ui, nodes: { ...body.ui.nodes, [id]: { ...args.at } } } } : { ...body, nodes }
  })
  return { ...edit, id }
}

/** Ids that a new node must not get. Those of dangling wires count: it would catch wires that were another's. */
export function takenIds(body: GraphBody): Set<string> {
  const ends = body.wires.flatMap(({ from, to }) => [parseEndpoint(from)?.node ?? '', parseEndpoint(to)?.node ?? ''])
  return new Set([...Object.keys(body.nodes), ...Object.keys(body.ui.nodes), ...ends])
}

/**
 * Removes nodes with their wires and layout. Pseudo-nodes may be among them: `=answer` and `@question` leave the interface.
 * `heal` joins what stood before and behind each removed node, the first that `fits` (`bridgesOver`).
 */
export function removeNodes(
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly heal?: boolean; readonly fits?: Fits },
): Edited {
  const gone = new Set(args.nodes)
  return editBody(document, args, (body) => {
    const bridges = args.heal ? bridgesOver(body, gone, args.fits) : { wires: [], outputs: new Map<string, string>() }
    const touches = (end: string | undefined): boolean => end !== undefined && gone.has(parseEndpoint(end)?.node ?? '')
    const wires = body.wires.filter(({ from, to }) => !touches(from) && !touches(to))
    const outputs = Object.entries(omit(body.interface.outputs, stripped(gone, '='))).map(([name, output]) => {
      if (!touches(output.from)) return [name, output] as const
      return [name, setMember(output, 'from', bridges.outputs.get(name))] as const
    })
    return {
      ...body,
      nodes: omit(body.nodes, gone),
      wires: [...wires, ...bridges.wires],
      interface: { ...body.interface, inputs: omit(body.interface.inputs, stripped(gone, '@')), outputs: Object.fromEntries(outputs) },
      ui: { ...body.ui, nodes: omit(body.ui.nodes, gone), frames: withoutMembers(body.ui.frames, gone) },
    }
  })
}

const stripped = (ids: ReadonlySet<string>, sign: string): string[] => [...ids].filter((id) => id.startsWith(sign)).map((id) => id.slice(1))

/** Frames stay, even empty: a person made them. */
function withoutMembers<F extends { nodes: string[] }>(frames: F[], gone: ReadonlySet<string>): F[] {
  return frames.map((frame) =>
    frame.nodes.some((id) => gone.has(id)) ? { ...frame, nodes: frame.nodes.filter((id) => !gone.has(id)) } : frame,
  )
}

/** `value: undefined` goes back to the default of the spec. Throws `usage` for what JSON cannot hold. */
export function setParam(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly param: string; readonly value: Json | undefined },
): Edited {
  if (typeof args.value === 'number' && !Number.isFinite(args.value)) {
    throw new TributaryError('usage', `the param “${args.param}” cannot be ${args.value}`, { place: { node: args.node, port: args.param } })
  }
  return editBody(document, args, (body) =>
    withNode(body, args.node, (node) => {
      if (args.value === undefined) return setMember(node, 'params', omit(node.params, [args.param]))
      if (has(node.params, args.param) && node.params[args.param] === args.value) return node
      return { ...node, params: { ...node.params, [args.param]: args.value as GraphNode['params'][string] } }
    }),
  )
}

type Members = Pick<GraphNode, 'title' | 'seed' | 'policy' | 'muted' | 'bypassed' | 'subgraph' | 'type' | 'v'>

const setOnNodes = <K extends keyof Members>(
  document: GraphDocument,
  args: Scoped,
  nodes: readonly string[],
  key: K,
  value: GraphNode[K] | undefined,
): Edited => editBody(document, args, (body) => nodes.reduce((at, id) => withNode(at, id, (node) => setMember(node, key, value)), body))

/** An empty title is no title: the node is then called by its type. */
export const setTitle = (document: GraphDocument, args: Scoped & { readonly node: string; readonly title: string }): Edited =>
  setOnNodes(document, args, [args.node], 'title', args.title === '' ? undefined : args.title)

/** uint32, `null` for a fresh one each run, `undefined` for the run's own. */
export function setSeed(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly seed: number | null | undefined },
): Edited {
  const { seed } = args
  if (typeof seed === 'number' && !(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff)) {
    throw new TributaryError('usage', `a seed is a whole number from 0 to ${0xffffffff}, not ${seed}`, { place: { node: args.node } })
  }
  return setOnNodes(document, args, [args.node], 'seed', seed)
}

export const setPolicy = (
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly policy: ErrorPolicy | undefined },
): Edited => setOnNodes(document, args, [args.node], 'policy', args.policy)

export const setMuted = (document: GraphDocument, args: Scoped & { readonly nodes: readonly string[]; readonly muted: boolean }): Edited =>
  setOnNodes(document, args, args.nodes, 'muted', args.muted || undefined)

export const setBypassed = (
  document: GraphDocument,
  args: Scoped & { readonly nodes: readonly string[]; readonly bypassed: boolean },
): Edited => setOnNodes(document, args, args.nodes, 'bypassed', args.bypassed || undefined)

export const setSubgraph = (
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly subgraph: string | undefined },
): Edited => setOnNodes(document, args, [args.node], 'subgraph', args.subgraph)

/** Another type in the same place, with the wires and params it has: what the new type does not know becomes an issue, not a loss. */
export function replaceType(
  document: GraphDocument,
  args: Scoped & { readonly node: string; readonly type: string; readonly v: number },
): Edited {
  return editBody(document, args, (body) => withNode(body, args.node, (node) => ({ ...node, type: args.type, v: args.v })))
}

export const layoutAt = (body: GraphBody, id: string): NodeLayout =>
  (has(body.ui.nodes, id) ? body.ui.nodes[id] : undefined) ?? { x: 0, y: 0 }
