import { type Path, scopeOf } from '../../shared/graph/focus'

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** Where a hand has put the canvas, for the graph and each graph inside it: kept while the tab is away, never saved. What nobody moved shows all of its graph. */
export interface Viewports {
  of(path: Path): Viewport | undefined
  keep(path: Path, viewport: Viewport): void
  forget(path: Path): void
}

export function createViewports(): Viewports {
  const kept = new Map<string, Viewport>()
  const key = (path: Path) => scopeOf(path) ?? ''
  return {
    of: (path) => kept.get(key(path)),
    keep: (path, viewport) => void kept.set(key(path), viewport),
    forget: (path) => void kept.delete(key(path)),
  }
}
