import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import type { Issue } from '../../shared/graph/issue'
import type { NodeSpecs } from '../../shared/graph/specs'
import { subgraphsWithin } from '../../shared/graph/subgraph-hash'
import { validateGraph } from '../../shared/graph/validate'
import type { Prepared } from './prepare'
import type { RunOptions } from './run-request'

/** Throws `not-found` for a target that is not in the graph, and `graph-invalid` with all problems of the nodes that this run needs; other problems do not matter to it. */
export function checkRunnable(document: GraphDocument, specs: NodeSpecs, prepared: Prepared, options: RunOptions): void {
  for (const id of [...(options.to ?? []), ...(options.from ?? []), ...(options.only ?? []), ...(options.refresh ?? [])]) {
    if (!has(document.nodes, id))
      throw new TributaryError('not-found', `There is no node "${id}" in this graph.`, {
        hint: 'Use the id of a node, not its title.',
        place: { node: id },
      })
  }

  const issues = issuesOf(document, specs)
  if (issues.length === 0) return

  const concerns = concernsOf(document, prepared)
  const relevant = issues.filter((issue) => concerns(issue))
  const first = relevant[0]
  if (!first) return
  const more = relevant.length > 1 ? ` (and ${relevant.length - 1} more)` : ''
  throw new TributaryError('graph-invalid', `${sentence(first.message)}${more}`, {
    hint: 'See the problems of the graph; each says how to put it right.',
    place: { ...(first.node === undefined ? {} : { node: first.node }), ...(first.port === undefined ? {} : { port: first.port }) },
    details: { issues: relevant },
  })
}

/** Documents are never changed in place, so what was found once stays true. */
function issuesOf(document: GraphDocument, specs: NodeSpecs): readonly Issue[] {
  const known = cache.get(document)
  if (known && known.specs === specs) return known.issues
  const issues = validateGraph(document, specs).filter(({ severity }) => severity === 'error')
  cache.set(document, { specs, issues })
  return issues
}

const cache = new WeakMap<GraphDocument, { specs: NodeSpecs; issues: readonly Issue[] }>()

function concernsOf(document: GraphDocument, { plan }: Prepared): (issue: Issue) => boolean {
  const needed = new Set(plan.steps.filter(({ isGiven }) => !isGiven).map(({ node }) => node))
  for (const { node } of plan.skipped) if (!document.nodes[node]?.muted && !document.nodes[node]?.bypassed) needed.add(node)
  const scopes = new Set<string>()
  for (const { node } of plan.steps) {
    const inner = document.nodes[node]?.subgraph
    if (inner !== undefined) for (const scope of Object.keys(subgraphsWithin(document, inner))) scopes.add(scope)
  }
  return (issue) => (issue.scope === undefined ? issue.node === undefined || needed.has(issue.node) : scopes.has(issue.scope))
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
