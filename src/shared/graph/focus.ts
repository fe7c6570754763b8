import type { GraphDocument } from './document'
import { has } from './ids'

/**
 * One inner graph looked at as if it were the graph: its interface, nodes, wires and layout in the place of the outer ones, models and inner graphs as they are.
 * What draws, measures or edits a graph needs no word about depth: it works on `focusOn(document, scope)`, and `unfocus` puts the result back.
 */

/** Containers that were entered, from the graph itself inwards. */
export interface Entered {
  /** id of the container */
  readonly node: string
  /** the inner graph that it runs */
  readonly subgraph: string
}
export type Path = readonly Entered[]

export const rootPath: Path = []

const focused = new WeakMap<GraphDocument, Map<string, GraphDocument>>()

/** The same document and scope give the same object. A scope that is not there gives the graph itself. */
export function focusOn(document: GraphDocument, scope: string | undefined): GraphDocument {
  const body = scope !== undefined && has(document.subgraphs, scope) ? document.subgraphs[scope] : undefined
  if (scope === undefined || !body) return document
  const known = focused.get(document) ?? new Map<string, GraphDocument>()
  focused.set(document, known)
  const before = known.get(scope)
  if (before) return before
  const view = { ...document, interface: body.interface, nodes: body.nodes, wires: body.wires, ui: body.ui }
  known.set(scope, view)
  return view
}

/** The whole document, after its focused view became `view`. An untouched view gives the same document back. */
export function unfocus(document: GraphDocument, scope: string | undefined, view: GraphDocument): GraphDocument {
  const before = scope !== undefined && has(document.subgraphs, scope) ? document.subgraphs[scope] : undefined
  if (scope === undefined || !before) return view
  if (view === focusOn(document, scope)) return document
  const { interface: face, nodes, wires, ui } = view
  const own = view.subgraphs[scope] ?? before
  return {
    ...view,
    interface: document.interface,
    nodes: document.nodes,
    wires: document.wires,
    ui: document.ui,
    subgraphs: { ...view.subgraphs, [scope]: { ...own, interface: face, nodes, wires, ui } },
  }
}

/** As much of a path as is still there: a container that is gone, or runs another graph now, ends it. */
export function validPath(document: GraphDocument, path: Path): Path {
  let nodes = document.nodes
  for (const [depth, { node, subgraph }] of path.entries()) {
    const inner = has(nodes, node) && nodes[node]?.subgraph === subgraph && has(document.subgraphs, subgraph)
    const body = inner ? document.subgraphs[subgraph] : undefined
    if (!body) return path.slice(0, depth)
    nodes = body.nodes
  }
  return path
}

export const scopeOf = (path: Path): string | undefined => path.at(-1)?.subgraph

/** One step further in; undefined where the node runs no graph of this file. */
export function enter(document: GraphDocument, path: Path, node: string): Path | undefined {
  const { nodes } = focusOn(document, scopeOf(path))
  const subgraph = has(nodes, node) ? nodes[node]?.subgraph : undefined
  return subgraph !== undefined && has(document.subgraphs, subgraph) ? [...path, { node, subgraph }] : undefined
}

/**
 * What a place inside containers begins with: `outer/inner/`, nothing at the top. A node's place is this and its id. Numbers of items are no part of it:
 * one place stands for all items of a Map and all turns of a Loop.
 */
export const placePrefix = (path: Path): string => path.map(({ node }) => `${node}/`).join('')

/** The node at a place and the graph that it stands in, focused; undefined where a part of the way is not there. */
export function nodeAt(document: GraphDocument, place: string): { readonly graph: GraphDocument; readonly node: string } | undefined {
  const steps = place.split('/')
  const node = steps.pop() ?? ''
  let path: Path | undefined = rootPath
  for (const step of steps) path = path && enter(document, path, step)
  const graph = path && focusOn(document, scopeOf(path))
  return graph && has(graph.nodes, node) ? { graph, node } : undefined
}

/** A way in to an inner graph, the shortest there is: how a problem inside it is shown. */
export function pathTo(document: GraphDocument, scope: string | undefined): Path | undefined {
  if (scope === undefined) return rootPath
  const seen = new Set<string>()
  const queue: Path[] = [rootPath]
  for (let i = 0; i < queue.length; i++) {
    const path = queue[i] ?? rootPath
    for (const [node, { subgraph }] of Object.entries(focusOn(document, scopeOf(path)).nodes)) {
      if (subgraph === undefined || seen.has(subgraph) || !has(document.subgraphs, subgraph)) continue
      seen.add(subgraph)
      const further = [...path, { node, subgraph }]
      if (subgraph === scope) return further
      queue.push(further)
    }
  }
  return undefined
}
