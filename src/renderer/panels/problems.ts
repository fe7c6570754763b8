import { useMemo } from 'react'
import type { GraphDocument } from '../../shared/graph/document'
import { focusOn } from '../../shared/graph/focus'
import type { ModelLibrary } from '../../shared/graph/models'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type Issue, validateGraph } from '../../shared/graph/validate'
import { shownScope } from '../state/document'
import { useCatalog, useDocument } from '../state/hooks'

/** All problems of a document, found once per document whoever asks; by node, so that a card reads its own. */
interface Found {
  readonly all: readonly Issue[]
  /** by `problemKey`; a container without a problem of its own has that of the graph inside it */
  readonly byNode: ReadonlyMap<string, Issue>
}
export const problemKey = (scope: string | undefined, node: string): string => `${scope ?? ''}/${node}`

let last: { document: GraphDocument; specs: NodeSpecs; models: ModelLibrary; found: Found } | undefined
const nothing: Found = { all: [], byNode: new Map() }

export function problemsOf(document: GraphDocument, specs: NodeSpecs, models: ModelLibrary): Found {
  if (specs.size === 0) return nothing
  if (last && last.document === document && last.specs === specs && last.models === models) return last.found
  const all = validateGraph(document, specs, models.length > 0 ? { library: models } : {})
  const byNode = new Map<string, Issue>()
  for (const issue of all)
    if (issue.node !== undefined && issue.severity !== 'info' && !byNode.has(problemKey(issue.scope, issue.node)))
      byNode.set(problemKey(issue.scope, issue.node), issue)
  for (const issue of all) if (issue.scope !== undefined && issue.severity === 'error') tellContainers(document, issue, byNode)
  last = { document, specs, models, found: { all, byNode } }
  return last.found
}

/** All containers around the graph that an issue is in show it, too. */
function tellContainers(document: GraphDocument, issue: Issue, byNode: Map<string, Issue>): void {
  const waiting = [issue.scope]
  const seen = new Set(waiting)
  while (waiting.length > 0) {
    const inner = waiting.pop()
    for (const scope of [undefined, ...Object.keys(document.subgraphs)])
      for (const [id, node] of Object.entries(focusOn(document, scope).nodes)) {
        if (node.subgraph !== inner) continue
        if (!byNode.has(problemKey(scope, id))) byNode.set(problemKey(scope, id), issue)
        if (!seen.has(scope)) waiting.push(scope)
        seen.add(scope)
      }
  }
}

/** The worst problem of one node of the shown graph, or of a pseudo-node. */
export function useIssues(id: string): Issue | undefined {
  const specs = useCatalog((catalog) => catalog.specs)
  const models = useCatalog((catalog) => catalog.models)
  const text = useDocument((state) => {
    const issue = problemsOf(state.document, specs, models).byNode.get(problemKey(shownScope(state), id))
    return issue ? JSON.stringify(issue) : undefined
  })
  return useMemo(() => (text === undefined ? undefined : (JSON.parse(text) as Issue)), [text])
}

export function useAllProblems(): readonly Issue[] {
  const specs = useCatalog((catalog) => catalog.specs)
  const models = useCatalog((catalog) => catalog.models)
  return useDocument((state) => problemsOf(state.document, specs, models).all)
}
