import { createStore } from 'zustand/vanilla'

/** Hints are shown once, at the place where the thing is done, and never again. */
export type HintId = 'run-again' | 'fork' | 'compare'

const storageKey = 'tributary.hints'

export const hintStore = createStore<{ readonly seen: ReadonlySet<string> }>(() => ({ seen: recall() }))

export function dismissHint(id: HintId): void {
  const seen = new Set([...hintStore.getState().seen, id])
  hintStore.setState({ seen })
  try {
    localStorage.setItem(storageKey, JSON.stringify([...seen]))
  } catch {
    // A browser that keeps nothing shows the hint again the next time.
  }
}

function recall(): ReadonlySet<string> {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return new Set(Array.isArray(saved) ? saved.filter((id): id is string => typeof id === 'string') : [])
  } catch {
    return new Set()
  }
}
