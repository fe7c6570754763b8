import type { RunCard } from '../../shared/api'
import type { App } from '../state/app'

export const mostCompared = 4

/** The runs of the comparison, each once, four at most. */
export function setCompared(app: App, ids: readonly string[]): void {
  app.view.setState({ compare: [...new Set(ids.filter(Boolean))].slice(0, mostCompared) })
}

export function compare(app: App, ids: readonly string[]): void {
  setCompared(app, ids)
  app.view.setState({ screen: 'compare' })
}

/** The last two runs of each of the graphs that ran last, the older first: three pairs at most. `runs` newest first. Pure. */
export function lastPairs(runs: readonly RunCard[]): readonly (readonly [RunCard, RunCard])[] {
  const byGraph = new Map<string, RunCard[]>()
  for (const card of runs) byGraph.set(card.graph, [...(byGraph.get(card.graph) ?? []), card])
  return [...byGraph.values()].flatMap(([last, before]) => (last && before ? [[before, last] as const] : [])).slice(0, 3)
}
