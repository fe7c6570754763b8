import type { GraphDocument } from '../../shared/graph/document'
import { topologyOf } from '../../shared/graph/topology'
import type { OutputState, RunState } from '../../shared/run/fold'

/** The output that holds a node's trace, or would hold one. */
export const traceOf = (run: RunState, node: string): OutputState | undefined => run.nodes[node]?.outputs.trace

/** Types of nodes that write token by token. */
export const writes = (document: GraphDocument, node: string): boolean =>
  ['decoder', 'language-model'].includes(document.nodes[node]?.type ?? '')

/**
 * The node whose tokens are meant by a selection: itself, or the nearest below it that writes. Nothing selected: the first of the run that has a trace,
 * else the first that writes.
 */
export function tracedNode(document: GraphDocument, run: RunState, selected: readonly string[]): string | undefined {
  const below = nearestWriter(document, selected)
  if (below !== undefined) return below
  const writers = Object.keys(document.nodes).filter((id) => writes(document, id))
  return writers.find((id) => hasTrace(run, id)) ?? writers[0]
}

export const hasTrace = (run: RunState, node: string): boolean => {
  const preview = traceOf(run, node)?.preview
  return preview !== undefined && preview !== null
}

function nearestWriter(document: GraphDocument, selected: readonly string[]): string | undefined {
  const { readers } = topologyOf(document)
  const seen = new Set<string>()
  let front = selected.filter((id) => Object.hasOwn(document.nodes, id))
  while (front.length > 0) {
    const found = front.find((id) => writes(document, id))
    if (found !== undefined) return found
    for (const id of front) seen.add(id)
    front = front.flatMap((id) => [...(readers.get(id) ?? [])]).filter((id) => !seen.has(id))
  }
  return undefined
}
