import type { RunEvent } from '../../shared/run/events'

/** Hands committed events to whoever listens. A late iterator reads what it missed from the store. */
export interface EventStream {
  publish(events: readonly RunEvent[]): void
  /** `since`: what was committed from there on before is told at once */
  subscribe(listener: (events: readonly RunEvent[]) => void, since?: number): () => void
  iterate(since: number): AsyncIterable<RunEvent>
}

export function createEventStream(readStored: (since: number) => readonly RunEvent[]): EventStream {
  const listeners = new Set<(events: readonly RunEvent[]) => void>()

  const subscribe = (listener: (events: readonly RunEvent[]) => void, since?: number): (() => void) => {
    listeners.add(listener)
    const missed = since === undefined ? [] : readStored(since)
    if (missed.length > 0) listener(missed)
    return () => void listeners.delete(listener)
  }

  return {
    publish(events) {
      for (const listener of [...listeners]) listener(events)
    },
    subscribe,

    async *iterate(since) {
      const queue: RunEvent[] = []
      let wake: (() => void) | undefined
      // Listening first and reading the store second leaves no gap; `next` drops what comes twice.
      const leave = subscribe((events) => {
        queue.push(...events)
        wake?.()
      })
      let next = since
      try {
        queue.unshift(...readStored(since))
        for (;;) {
          const event = queue.shift()
          if (event === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          } else if (event.seq >= next) {
            next = event.seq + 1
            yield event
            if (event.type === 'run.end') return
          }
        }
      } finally {
        leave()
      }
    },
  }
}
