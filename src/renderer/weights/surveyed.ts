import type { GraphDocument } from '../../shared/graph/document'
import { topologyOf } from '../../shared/graph/topology'
import type { OutputState, RunState } from '../../shared/run/fold'

export interface Surveyed {
  readonly node: string
  readonly output: OutputState
}

/** The weights that a run put on the wires of this node. */
export function weightsOf(run: RunState, node: string): OutputState | undefined {
  return Object.values(run.nodes[node]?.outputs ?? {}).find(({ kind, list }) => kind === 'weights' && !list)
}

/**
 * Whose weights are meant by a selection: its own, else those that feed it (a node that writes a model), else those that it feeds. Nothing chosen: the
 * weights that nothing on a weights wire reads, which is what comes out last. Undefined before any weights have flowed.
 */
export function surveyedNode(document: GraphDocument, run: RunState, selected: readonly string[]): Surveyed | undefined {
  const { sources, readers } = topologyOf(document)
  const chosen = selected.filter((id) => Object.hasOwn(document.nodes, id))
  const at = (node: string): Surveyed[] => {
    const output = weightsOf(run, node)
    return output ? [{ node, output }] : []
  }
  const nearest = (ways: ReadonlyMap<string, ReadonlySet<string> | readonly string[]>): Surveyed | undefined => {
    const seen = new Set<string>()
    let front = chosen
    while (front.length > 0) {
      const [found] = front.flatMap(at)
      if (found) return found
      for (const id of front) seen.add(id)
      front = front.flatMap((id) => [...(ways.get(id) ?? [])]).filter((id) => !seen.has(id))
    }
    return undefined
  }
  const near = nearest(sources) ?? nearest(readers)
  if (near || chosen.length > 0) return near
  const all = Object.keys(document.nodes).flatMap(at)
  return all.findLast(({ node }) => ![...(readers.get(node) ?? [])].some((reader) => weightsOf(run, reader))) ?? all.at(-1)
}

/** Types of nodes whose output is weights: what one may run to before anything is written. */
export const nodesWithWeights = (document: GraphDocument, gives: (type: string) => boolean): string[] =>
  Object.keys(document.nodes).filter((id) => gives(document.nodes[id]?.type ?? ''))
