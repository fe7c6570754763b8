import { useMemo } from 'react'
import type { GraphDocument } from '../../shared/graph/document'
import type { ModelLibrary } from '../../shared/graph/models'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type Issue, validateGraph } from '../../shared/graph/validate'
import { useCatalog, useDocument } from '../state/hooks'

/** All problems of a document, found once per document whoever asks; by node, so that a card reads its own. */
interface Found {
  readonly all: readonly Issue[]
  readonly byNode: ReadonlyMap<string, Issue>
}

let last: { document: GraphDocument; specs: NodeSpecs; models: ModelLibrary; found: Found } | undefined
const nothing: Found = { all: [], byNode: new Map() }

export function problemsOf(document: GraphDocument, specs: NodeSpecs, models: ModelLibrary): Found {
  if (specs.size === 0) return nothing
  if (last && last.document === document && last.specs === specs && last.models === models) return last.found
  const all = validateGraph(document, specs, models.length > 0 ? { library: models } : {})
  const byNode = new Map<string, Issue>()
  for (const issue of all)
    if (issue.node !== undefined && issue.scope === undefined && issue.severity !== 'info' && !byNode.has(issue.node))
      byNode.set(issue.node, issue)
  last = { document, specs, models, found: { all, byNode } }
  return last.found
}

/** The worst problem of one node, or of a pseudo-node. */
export function useIssues(id: string): Issue | undefined {
  const specs = useCatalog((catalog) => catalog.specs)
  const models = useCatalog((catalog) => catalog.models)
  const text = useDocument((state) => {
    const issue = problemsOf(state.document, specs, models).byNode.get(id)
    return issue ? JSON.stringify(issue) : undefined
  })
  return useMemo(() => (text === undefined ? undefined : (JSON.parse(text) as Issue)), [text])
}

export function useAllProblems(): readonly Issue[] {
  const specs = useCatalog((catalog) => catalog.specs)
  const models = useCatalog((catalog) => catalog.models)
  return useDocument((state) => problemsOf(state.document, specs, models).all)
}
