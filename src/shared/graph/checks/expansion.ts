import type { GraphBody, GraphDocument } from '../document'
import { has } from '../ids'
import { type Issue, nameNode } from '../issue'
import { graphLimits } from '../limits'
import { paramValue } from '../ports'
import type { NodeSpecs } from '../specs'

/**
 * How many node runs the loops of a graph can ask for at most, before anything runs: nested loops multiply. A Map counts once, because nobody knows yet how long its list is
 * (the executor counts its items). Subgraphs on a circle count nothing here; they have an issue of their own.
 */
export function checkExpansion(document: GraphDocument, specs: NodeSpecs): Issue[] {
  const costs = costsOfSubgraphs(document, specs)
  const total = costOf(document, specs, costs)
  if (total <= graphLimits.expansion) return []
  const [id, node] = Object.entries(document.nodes).sort(([, a], [, b]) => nodeCost(b, specs, costs) - nodeCost(a, specs, costs))[0] ?? []
  if (id === undefined) return []
  const message = `the loops of this graph could ask for ${total.toLocaleString('en')} runs of nodes, most of them in ${nameNode(id, node)}; the most is ${graphLimits.expansion.toLocaleString('en')}`
  return [{ code: 'expansion', severity: 'error', message, node: id }]
}

type Costs = ReadonlyMap<string, number>

function nodeCost(node: GraphBody['nodes'][string], specs: NodeSpecs, costs: Costs): number {
  const spec = specs.get(node.type)
  if (spec?.container === undefined || node.muted) return 1
  const times = spec.container === 'loop' ? paramValue(node, spec, 'times') : 1
  return 1 + (typeof times === 'number' && times > 0 ? times : 1) * (costs.get(node.subgraph ?? '') ?? 0)
}

const costOf = (body: Pick<GraphBody, 'nodes'>, specs: NodeSpecs, costs: Costs): number =>
  Object.values(body.nodes).reduce((sum, node) => sum + nodeCost(node, specs, costs), 0)

/** Inner graphs first: each is counted once all that it contains are. */
function costsOfSubgraphs(document: GraphDocument, specs: NodeSpecs): Costs {
  const costs = new Map<string, number>()
  const waiting = new Set(Object.keys(document.subgraphs))
  for (let counted = true; counted; ) {
    counted = false
    for (const id of waiting) {
      const body = document.subgraphs[id]
      const inner = Object.values(body?.nodes ?? {}).flatMap(({ subgraph }) => subgraph ?? [])
      if (!body || inner.some((other) => has(document.subgraphs, other) && !costs.has(other))) continue
      costs.set(id, costOf(body, specs, costs))
      waiting.delete(id)
      counted = true
    }
  }
  return costs
}
