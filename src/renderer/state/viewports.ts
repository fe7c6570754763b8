import { type Path, scopeOf } from '../../shared/graph/focus'

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** Where the canvas stands, for the graph and each graph inside it: kept while the tab is away, never saved. */
export interface Viewports {
  of(path: Path): Viewport | undefined
  keep(path: Path, viewport: Viewport): void
}

export function createViewports(): Viewports {
  const kept = new Map<string, Viewport>()
  const key = (path: Path) => scopeOf(path) ?? ''
  return { of: (path) => kept.get(key(path)), keep: (path, viewport) => void kept.set(key(path), viewport) }
}
