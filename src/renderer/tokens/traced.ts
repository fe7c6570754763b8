import type { GraphDocument } from '../../shared/graph/document'
import { topologyOf } from '../../shared/graph/topology'
import type { OutputState, RunState } from '../../shared/run/fold'
import { isTraceReport } from '../../shared/trace/trace'

/** The output that holds a node's trace, or would hold one. */
export const traceOf = (run: RunState, node: string): OutputState | undefined => run.nodes[node]?.outputs.trace

/** Types of nodes that write token by token. */
export const writes = (document: GraphDocument, node: string): boolean =>
  ['decoder', 'language-model'].includes(document.nodes[node]?.type ?? '')

/**
 * The node whose tokens are meant by a selection: itself, or the nearest below it that writes. Nothing selected: the one of the run whose text
 * most models decided, for that is where there is most to see; without a trace the first that writes.
 */
export function tracedNode(document: GraphDocument, run: RunState, selected: readonly string[]): string | undefined {
  const below = nearestWriter(document, selected)
  if (below !== undefined) return below
  const writers = Object.keys(document.nodes).filter((id) => writes(document, id))
  const traced = writers.filter((id) => hasTrace(run, id))
  const most = Math.max(...traced.map((id) => sourcesOf(run, id)))
  return traced.find((id) => sourcesOf(run, id) === most) ?? writers[0]
}

/** How many models had a word in a text, as far as its trace is known. */
function sourcesOf(run: RunState, node: string): number {
  const report = traceOf(run, node)?.preview
  return isTraceReport(report) ? report.decided.length : 0
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
