import { sha256 } from '../hash'
import { writeLines } from './canonical'
import type { GraphDocument, GraphNode, Subgraph } from './document'
import { has } from './ids'
import { documentShape } from './shape'

/** A subgraph and all that its containers run, by id. Ids that are not in the file are left out; circles end. */
export function subgraphsWithin(document: Pick<GraphDocument, 'subgraphs'>, id: string): { [id: string]: Subgraph } {
  const found = new Map<string, Subgraph>()
  const stack = [id]
  while (stack.length > 0) {
    const next = stack.pop() ?? ''
    const body = has(document.subgraphs, next) ? document.subgraphs[next] : undefined
    if (!body || found.has(next)) continue
    found.set(next, body)
    for (const { subgraph } of Object.values(body.nodes)) if (subgraph !== undefined) stack.push(subgraph)
  }
  return Object.fromEntries(found)
}

/** Hash of what a container computes: its subgraph with all inner ones, without layout, names and titles. */
export function hashSubgraph(document: Pick<GraphDocument, 'subgraphs'>, id: string): string {
  const bare = Object.entries(subgraphsWithin(document, id)).map(([inner, { ui: _ui, name: _name, origin: _origin, nodes, ...rest }]) => [
    inner,
    { ...rest, nodes: Object.fromEntries(Object.entries(nodes).map(([node, value]) => [node, withoutTitle(value)])) },
  ])
  return sha256(`${id}\n${writeLines({ subgraphs: Object.fromEntries(bare) }, documentShape, '')}`)
}

function withoutTitle({ title: _title, ...rest }: GraphNode): Omit<GraphNode, 'title'> {
  return rest
}
