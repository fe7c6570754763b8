import { createContext } from './checks/context'
import { checkExpansion } from './checks/expansion'
import { checkInterface } from './checks/interface'
import { checkNodes } from './checks/nodes'
import { checkWires } from './checks/wires'
import type { GraphDocument } from './document'
import { has } from './ids'
import type { Issue } from './issue'
import type { ModelLibrary } from './models'
import type { NodeSpecs } from './specs'

export type { Issue, IssueCode, Remedy, Severity } from './issue'

export interface ValidateOptions {
  /** without it nobody asks whether models are there */
  readonly library?: ModelLibrary
}

/** Every problem of a document, each with its place and, where there is one, its remedy. Errors first. An empty list means that all of it can run. */
export function validateGraph(document: GraphDocument, specs: NodeSpecs, options: ValidateOptions = {}): Issue[] {
  const shared = { specs, ...(options.library === undefined ? {} : { library: options.library }) }
  const contexts = [
    createContext(document, document, shared),
    ...Object.entries(document.subgraphs).map(([scope, body]) => createContext(document, body, { ...shared, scope })),
  ]
  const found = contexts.flatMap((context) => [...checkNodes(context), ...checkWires(context), ...checkInterface(context)])
  return [...checkSubgraphCycles(document), ...checkExpansion(document, specs), ...found].sort(
    (a, b) => rank[a.severity] - rank[b.severity],
  )
}

const rank = { error: 0, warning: 1, info: 2 } as const

/** A subgraph that contains itself, directly or through others, could never end. */
function checkSubgraphCycles(document: GraphDocument): Issue[] {
  const waiting = new Map(Object.keys(document.subgraphs).map((id) => [id, innerSubgraphs(document, id)]))
  // Take away what contains nothing that is left, until nothing can be taken: what stays is on a circle or contains one.
  for (let taken = true; taken; ) {
    taken = false
    for (const [id, inner] of waiting) {
      if ([...inner].some((other) => waiting.has(other))) continue
      waiting.delete(id)
      taken = true
    }
  }
  const circular = [...waiting.keys()].filter((id) => reachesItself(id, waiting))
  return circular.map((id) => ({
    code: 'subgraph-cycle' as const,
    severity: 'error' as const,
    message: `the inner graph “${id}” contains itself`,
    scope: id,
  }))
}

function innerSubgraphs(document: GraphDocument, id: string): Set<string> {
  const nodes = Object.values(document.subgraphs[id]?.nodes ?? {})
  return new Set(nodes.flatMap(({ subgraph }) => (subgraph !== undefined && has(document.subgraphs, subgraph) ? [subgraph] : [])))
}

function reachesItself(id: string, inner: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>()
  const stack = [...(inner.get(id) ?? [])]
  while (stack.length > 0) {
    const next = stack.pop()
    if (next === id) return true
    if (next === undefined || seen.has(next)) continue
    seen.add(next)
    stack.push(...(inner.get(next) ?? []))
  }
  return false
}
