import type { StoreApi } from 'zustand/vanilla'

/**
 * Listeners by key: a change of a store wakes only those whose own entry changed. A run folds sixty times a second and most cards hear nothing of it,
 * so a frame of a stream costs as much among a thousand cards as among four.
 */
export interface Keyed {
  watch(key: string, listener: () => void): () => void
  /** stops listening to the store */
  close(): void
}

/** `differs` says whether what is read under a key may be another one now. */
export function keyed<S>(store: StoreApi<S>, differs: (now: S, before: S, key: string) => boolean): Keyed {
  const byKey = new Map<string, Set<() => void>>()
  const close = store.subscribe((now, before) => {
    for (const [key, listeners] of byKey) if (differs(now, before, key)) for (const listener of [...listeners]) listener()
  })
  return {
    watch(key, listener) {
      const listeners = byKey.get(key) ?? new Set()
      byKey.set(key, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && byKey.get(key) === listeners) byKey.delete(key)
      }
    },
    close,
  }
}
