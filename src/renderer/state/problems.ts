import { createStore } from 'zustand/vanilla'
import type { GraphDocument } from '../../shared/graph/document'
import { focusOn } from '../../shared/graph/focus'
import { isIncomplete } from '../../shared/graph/issue'
import type { ModelLibrary } from '../../shared/graph/models'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type Issue, validateGraph } from '../../shared/graph/validate'
import type { CatalogStore } from './catalog'
import type { DocumentStore } from './document'

/** What is wrong with a document, and with which node: looked for when edits come to rest, so that no keystroke waits for it. */
export interface Problems {
  readonly all: readonly Issue[]
  /** by `problemKey`; a container without a problem of its own has that of the graph inside it */
  readonly byNode: ReadonlyMap<string, Issue>
}
export type ProblemsStore = ReturnType<typeof createProblemsStore>

export const noProblems: Problems = { all: [], byNode: new Map() }
const createProblemsStore = () => createStore<Problems>(() => noProblems)

export const problemKey = (scope: string | undefined, node: string): string => `${scope ?? ''}/${node}`

/** After the last edit; who types without a pause is told now and then all the same. */
const restMs = 140
const mostMs = 700

/** The problems of an open graph, found again after edits and when the catalog changes. */
export function watchProblems(
  document: DocumentStore,
  catalog: CatalogStore,
): { readonly store: ProblemsStore; readonly ends: readonly (() => void)[] } {
  const store = createProblemsStore()
  let timer: ReturnType<typeof setTimeout> | undefined
  let since = 0
  const find = () => {
    timer = undefined
    const { specs, models } = catalog.getState()
    store.setState(keptFrom(store.getState(), problemsOf(document.getState().document, specs, models)))
  }
  const soon = () => {
    const now = Date.now()
    if (timer === undefined) since = now
    clearTimeout(timer)
    timer = setTimeout(find, Math.max(0, Math.min(restMs, since + mostMs - now)))
  }
  timer = setTimeout(find, 0)
  const ends = [
    document.subscribe((now, before) => {
      if (now.document !== before.document) soon()
    }),
    catalog.subscribe((now, before) => {
      if (now.specs !== before.specs || now.models !== before.models) soon()
    }),
    () => clearTimeout(timer),
  ]
  return { store, ends }
}

/** All problems of a document. Pure. */
export function problemsOf(document: GraphDocument, specs: NodeSpecs, models: ModelLibrary): Problems {
  if (specs.size === 0) return noProblems
  const all = validateGraph(document, specs, models.length > 0 ? { library: models } : {}).sort((a, b) => weight(a) - weight(b))
  const byNode = new Map<string, Issue>()
  for (const issue of all)
    if (issue.node !== undefined && issue.severity !== 'info' && !byNode.has(problemKey(issue.scope, issue.node)))
      byNode.set(problemKey(issue.scope, issue.node), issue)
  for (const issue of all) if (issue.scope !== undefined && issue.severity === 'error') tellContainers(document, issue, byNode)
  return { all, byNode }
}

/** What is wrong comes before what is only not finished. */
const weight = (issue: Issue): number => (isIncomplete(issue) ? 1 : { error: 0, warning: 2, info: 3 }[issue.severity])

/** What is the same problem as before stays the same object: its card is not drawn again. */
function keptFrom(before: Problems, now: Problems): Problems {
  const known = new Map(before.all.map((issue) => [JSON.stringify(issue), issue]))
  const kept = (issue: Issue) => known.get(JSON.stringify(issue)) ?? issue
  return { all: now.all.map(kept), byNode: new Map([...now.byNode].map(([key, issue]) => [key, kept(issue)])) }
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
