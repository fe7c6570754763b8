import { TimeLimit } from './time-limit'

/** Stops everything below it, once. Cheaper than one listener on an AbortSignal for each of a thousand nodes; `signal` is what nodes are given. */
export class StopSwitch {
  readonly #controller = new AbortController()
  readonly #watchers = new Set<(reason: unknown) => void>()
  #limit: TimeLimit | undefined

  /** `parent`: whose limit of time counts for what is below this one, too */
  constructor(private readonly parent?: StopSwitch) {}

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The first reason wins. */
  stop(reason: unknown): void {
    if (this.signal.aborted) return
    this.#controller.abort(reason)
    for (const watcher of [...this.#watchers]) watcher(reason)
    this.#watchers.clear()
  }

  /** Stops by itself after so long; the time ends with the function that comes back. */
  limit(limitMs: number, reason: () => unknown): () => void {
    const limit = new TimeLimit(limitMs, () => this.stop(reason()))
    this.#limit = limit
    return () => limit.end()
  }

  /** While a person holds something below, no limit of time runs: neither this one's nor those around it. Returns a function that lets them run on. */
  holdLimits(): () => void {
    const own = this.#limit?.hold()
    const around = this.parent?.holdLimits()
    return () => {
      own?.()
      around?.()
    }
  }

  /** Calls the watcher when it stops, at once when it has. Returns a function that ends the watching. */
  watch(watcher: (reason: unknown) => void): () => void {
    if (this.signal.aborted) watcher(this.signal.reason)
    else this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }
}

/**
 * Runs `work` for 0 … count − 1, at most `limit` at once, below a switch of its own. The first that rejects stops the others; when all have ended,
 * the whole rejects with its reason.
 */
export function forEachBelow(
  parent: StopSwitch,
  { count, limit }: { readonly count: number; readonly limit: number },
  work: (index: number, stop: StopSwitch) => Promise<void>,
): Promise<void> {
  const stop = new StopSwitch(parent)
  const unwatch = parent.watch((reason) => stop.stop(reason))
  return new Promise<void>((resolve, reject) => {
    let next = 0
    let running = 0
    let failed = false
    let failure: unknown
    const end = (): void => {
      unwatch()
      if (failed || stop.signal.aborted) reject(failed ? failure : stop.signal.reason)
      else resolve()
    }
    const advance = (): void => {
      while (next < count && running < limit && !stop.signal.aborted) {
        running++
        work(next++, stop).then(done, fail)
      }
      if (running === 0) end()
    }
    const done = (): void => {
      running--
      advance()
    }
    const fail = (reason: unknown): void => {
      running--
      if (!failed) failure = reason
      failed = true
      stop.stop(reason)
      advance()
    }
    advance()
  })
}
