import { TributaryError } from '../errors'
import { type Edited, edited } from './diff'
import { GRAPH_FORMAT, GRAPH_VERSION, type GraphDocument, type Subgraph } from './document'
import { pasteFragment } from './edits/paste'
import { bodyOf } from './edits/scope'
import { withoutUnused } from './edits/subgraphs'
import { copyFragment } from './fragment'
import { has } from './ids'
import { type Conflict, merge3 } from './merge3'
import { type SemanticChange, semanticDiff } from './semantic-diff'
import type { NodeSpecs } from './specs'
import { subgraphsWithin } from './subgraph-hash'

/**
 * A subgraph as a graph of its own, with the models and inner graphs that it names: what is put into the library under a name and a version. It is an ordinary graph file, so it runs alone, too.
 */
export function publishSubgraph(document: GraphDocument, args: { readonly subgraph: string; readonly name: string }): GraphDocument {
  const body = bodyOf(document, args.subgraph)
  const { models } = copyFragment(document, { scope: args.subgraph, nodes: Object.keys(body.nodes) })
  const { [args.subgraph]: _self, ...inner } = subgraphsWithin(document, args.subgraph)
  const { interface: face, nodes, wires, ui } = body
  return {
    format: GRAPH_FORMAT,
    version: GRAPH_VERSION,
    id: args.subgraph,
    name: args.name,
    models,
    subgraphs: inner,
    interface: face,
    nodes,
    wires,
    ui,
  }
}

/** Says where a subgraph came from: it stays pinned to that version until a person updates it. */
export function pinSubgraph(
  document: GraphDocument,
  args: { readonly subgraph: string; readonly origin: NonNullable<Subgraph['origin']> },
): Edited {
  bodyOf(document, args.subgraph)
  const before = document.subgraphs[args.subgraph]
  if (!before) return edited(document, document)
  return edited(document, { ...document, subgraphs: { ...document.subgraphs, [args.subgraph]: { ...before, origin: args.origin } } })
}

export interface SubgraphUpdate extends Edited {
  /** what differs between the subgraph as it is here and as it will be */
  readonly changes: readonly SemanticChange[]
  /** where a change made here and one of the new version cannot both stand; the one made here stands */
  readonly conflicts: readonly Conflict[]
}

export interface UpdateSubgraph {
  readonly subgraph: string
  /** the new version, as it was published */
  readonly published: GraphDocument
  readonly origin: NonNullable<Subgraph['origin']>
  /** the version that it is pinned to, as it was published: with it, changes made here since are kept */
  readonly base?: GraphDocument
  /** for what its changes are called */
  readonly specs?: NodeSpecs
}

/**
 * Brings a subgraph to another published version. Wires of its containers stay as they are: one whose port is gone dangles visibly (`wire-dangling`) until a person decides.
 * Call it for its `changes` first; nothing is done until the document is taken.
 */
export function updateSubgraph(document: GraphDocument, args: UpdateSubgraph): SubgraphUpdate {
  const { subgraph, origin } = args
  const here = publishSubgraph(document, { subgraph, name: args.published.name })
  const asSame = (other: GraphDocument): GraphDocument => ({ ...other, id: here.id, name: here.name })
  const merged = args.base ? merge3(asSame(args.base), here, asSame(args.published)) : { document: asSame(args.published), conflicts: [] }
  const replaced = replaceSubgraph(document, subgraph, merged.document)
  const tidy = withoutUnused(replaced, Object.keys(here.subgraphs))
  const pinned = pinSubgraph(tidy, { subgraph, origin }).document
  return { ...edited(document, pinned), changes: semanticDiff(here, merged.document, args.specs), conflicts: merged.conflicts }
}

/** A published graph as a new subgraph of a document, pinned to its version. `subgraph` is the id it got. */
export function importSubgraph(
  document: GraphDocument,
  args: { readonly published: GraphDocument; readonly origin: NonNullable<Subgraph['origin']>; readonly wanted: string },
): Edited & { readonly subgraph: string } {
  const id = freeId(document, args.wanted)
  const empty: Subgraph = {
    name: args.published.name,
    interface: { inputs: {}, outputs: {} },
    nodes: {},
    wires: [],
    ui: { nodes: {}, frames: [], notes: [] },
  }
  const homed = { ...document, subgraphs: { ...document.subgraphs, [id]: empty } }
  const filled = replaceSubgraph(homed, id, args.published)
  return { ...edited(document, pinSubgraph(filled, { subgraph: id, origin: args.origin }).document), subgraph: id }
}

function freeId(document: GraphDocument, wanted: string): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? wanted : `${wanted}-${n}`
    if (!has(document.subgraphs, id)) return id
  }
}

/** The body of a subgraph becomes that of a graph; its models and inner graphs come along as in a paste: equal ones are found again, others get free names. */
function replaceSubgraph(document: GraphDocument, id: string, graph: GraphDocument): GraphDocument {
  const before = document.subgraphs[id]
  if (!before) throw new TributaryError('not-found', `there is no inner graph “${id}”`)
  const { inputs, outputs, ...face } = graph.interface
  const bare: Subgraph = {
    ...before,
    interface: { ...face, inputs: {}, outputs: {} },
    nodes: {},
    wires: [],
    ui: { ...graph.ui, nodes: {}, frames: [], notes: [] },
  }
  const fragment = copyFragment(graph, { nodes: Object.keys(graph.nodes), notes: graph.ui.notes.map((note) => note.id) })
  const emptied = { ...document, subgraphs: { ...document.subgraphs, [id]: bare } }
  const pasted = pasteFragment(emptied, { scope: id, fragment }).document
  const filled = pasted.subgraphs[id]
  if (!filled) return pasted
  const whole: Subgraph = { ...filled, interface: graph.interface, wires: graph.wires, ui: graph.ui }
  return { ...pasted, subgraphs: { ...pasted.subgraphs, [id]: { ...whole, interface: { ...face, inputs, outputs } } } }
}
