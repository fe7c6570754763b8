import type { GraphBody, GraphDocument } from './document'
import { rememberSource } from './ghost-source'
import type { NodeSpan } from './scan'
import type { NodeSpecs } from './specs'

/** A node that this application cannot run: kept, drawn and saved as it is. */
export interface Ghost {
  readonly scope?: string
  readonly node: string
  readonly type: string
}

/** Nodes whose type is unknown, or known only in an older version. */
export function findGhosts(document: GraphDocument, specs: NodeSpecs | undefined): Ghost[] {
  if (!specs) return []
  const inBody = (body: Pick<GraphBody, 'nodes'>, scope?: string): Ghost[] =>
    Object.entries(body.nodes)
      .filter(([, node]) => (specs.get(node.type)?.version ?? 0) < node.v)
      .map(([node, { type }]) => ({ ...(scope === undefined ? {} : { scope }), node, type }))
  return [...inBody(document), ...Object.entries(document.subgraphs).flatMap(([id, body]) => inBody(body, id))]
}

/** Ghosts remember how they were written. */
export function withSources(
  document: GraphDocument,
  ghosts: readonly Ghost[],
  { text, spans }: { readonly text: string; readonly spans: readonly NodeSpan[] },
): GraphDocument {
  if (ghosts.length === 0) return document
  const keyOf = ({ scope, id }: Pick<NodeSpan, 'scope' | 'id'>): string => JSON.stringify([scope ?? null, id])
  const found = new Map(spans.map((span) => [keyOf(span), span]))
  const inBody = <Body extends Pick<GraphBody, 'nodes'>>(body: Body, scope?: string): Body => {
    const nodes = { ...body.nodes }
    for (const ghost of ghosts) {
      const node = nodes[ghost.node]
      const span = ghost.scope === scope ? found.get(keyOf({ ...(scope === undefined ? {} : { scope }), id: ghost.node })) : undefined
      if (node && span) nodes[ghost.node] = rememberSource(node, text.slice(span.start, span.end))
    }
    return { ...body, nodes }
  }
  const subgraphs = Object.entries(document.subgraphs).map(([id, body]) => [id, inBody(body, id)] as const)
  return { ...inBody(document), subgraphs: Object.fromEntries(subgraphs) }
}
