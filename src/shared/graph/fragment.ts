import type { ErrorReport } from '../errors'
import { isJsonObject } from '../json'
import { writeLines } from './canonical'
import { FRAGMENT_FORMAT, GRAPH_FORMAT, GRAPH_VERSION, type GraphBody, type GraphDocument, type GraphWire, parseEndpoint } from './document'
import { wireKeyOf, withWireLayouts } from './edits/wire-ui'
import { has } from './ids'
import type { Issue } from './issue'
import { loadGraph } from './load'
import { aliasOf } from './models'
import { fragmentShape } from './shape'
import { subgraphsWithin } from './subgraph-hash'

/** A part of a graph as text: what the clipboard holds. The shape of a graph file, and beside it the wires that came in from outside. */
export interface Fragment extends Pick<GraphDocument, 'nodes' | 'wires' | 'ui' | 'models' | 'subgraphs'> {
  readonly format: typeof FRAGMENT_FORMAT
  readonly version: number
  readonly dangling: readonly GraphWire[]
}

/** Takes nodes (and notes, and frames whose nodes are all taken) with the wires among them, and every model and subgraph that they name. */
export function copyFragment(
  document: GraphDocument,
  args: { readonly scope?: string | undefined; readonly nodes: readonly string[]; readonly notes?: readonly string[] },
): Fragment {
  const body: GraphBody | undefined = args.scope === undefined ? document : document.subgraphs[args.scope]
  const taken = new Set(args.nodes.filter((id) => body && has(body.nodes, id)))
  const nodes = pick(body?.nodes ?? {}, taken)
  const isTaken = (end: string): boolean => taken.has(parseEndpoint(end)?.node ?? '')
  const inner = Object.values(nodes).flatMap(({ subgraph }) => (subgraph === undefined ? [] : [subgraphsWithin(document, subgraph)]))
  const subgraphs: GraphDocument['subgraphs'] = Object.assign({}, ...inner)
  const bodies = [{ nodes }, ...Object.values(subgraphs)]
  const aliases = new Set(
    bodies.flatMap((each) =>
      Object.values(each.nodes).flatMap(({ params }) => Object.values(params).flatMap((value) => aliasOf(value) ?? [])),
    ),
  )
  const wires = body?.wires.filter(({ from, to }) => isTaken(from) && isTaken(to)) ?? []
  const ui: GraphBody['ui'] = {
    nodes: pick(body?.ui.nodes ?? {}, taken),
    frames: body?.ui.frames.filter((frame) => frame.nodes.length > 0 && frame.nodes.every((id) => taken.has(id))) ?? [],
    notes: body?.ui.notes.filter(({ id }) => args.notes?.includes(id)) ?? [],
  }
  return {
    format: FRAGMENT_FORMAT,
    version: GRAPH_VERSION,
    nodes,
    wires,
    dangling: body?.wires.filter(({ from, to }) => !isTaken(from) && isTaken(to)) ?? [],
    models: pick(document.models, aliases),
    subgraphs,
    ui: withWireLayouts(ui, pick(body?.ui.wires ?? {}, new Set(wires.map(wireKeyOf)))),
  }
}

export const serializeFragment = (fragment: Fragment): string => `${writeLines(fragment, fragmentShape, '')}\n`

export type ParsedFragment =
  | { readonly ok: true; readonly fragment: Fragment; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly error: ErrorReport }

/** Reads what a person pastes: a fragment, or a whole graph file. Total like `loadGraph`, whose bounds and repairs it shares. */
export function parseFragment(text: string): ParsedFragment {
  const asGraph = text.replace(/("format"\s*:\s*)"tributary\/fragment"/, `$1"${GRAPH_FORMAT}"`)
  const loaded = loadGraph(asGraph)
  if (!loaded.ok) return loaded
  const { nodes, wires, ui, models, subgraphs, dangling } = loaded.document
  const outside = Array.isArray(dangling) ? dangling.filter(isWire) : []
  const fragment = { format: FRAGMENT_FORMAT, version: GRAPH_VERSION, nodes, wires, ui, models, subgraphs, dangling: outside } as const
  const issues = loaded.issues.filter(({ message }) => !message.startsWith('the graph had no id'))
  return { ok: true, fragment, issues }
}

const isWire = (value: unknown): value is GraphWire => isJsonObject(value) && typeof value.from === 'string' && typeof value.to === 'string'

function pick<T>(record: { readonly [key: string]: T }, keys: ReadonlySet<string>): { [key: string]: T } {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keys.has(key)))
}
