import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import { nameOf } from './card-looks'

/** Whose wires end in a port, in their order, by the names that their nodes bear on the canvas. */
export function wireSources(graph: GraphDocument, specs: NodeSpecs, node: string, port: string): string[] {
  return graph.wires
    .flatMap(({ from, to }) => {
      const end = parseEndpoint(to)
      const start = parseEndpoint(from)
      return start && end?.node === node && end.port === port ? [{ source: start.node, order: end.order ?? 0 }] : []
    })
    .sort((a, b) => a.order - b.order)
    .map(({ source }) => sourceName(graph, specs, source))
}

/** The name of what a wire comes from: a node, or an input of the graph. */
export function sourceName(graph: GraphDocument, specs: NodeSpecs, source: string): string {
  const found = Object.hasOwn(graph.nodes, source) ? graph.nodes[source] : undefined
  return found ? nameOf(source, found, specs.get(found.type)) : source.replace(/^@/, '')
}
