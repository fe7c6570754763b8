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
