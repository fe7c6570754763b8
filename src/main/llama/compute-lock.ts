/**
 * One computation at a time: two decodes beside each other on the same cores are slower than one after the other, many times slower where threads
 * outnumber cores. First come, first served, so programs that decode at the same time take turns token by token.
 */
export class ComputeLock {
  #last: Promise<void> = Promise.resolve()
  #held = 0

  /** Runs `work` when all earlier work is done. Nothing is awaited when nobody holds the lock and `work` is synchronous. */
  run<Result>(work: () => Result | Promise<Result>): Result | Promise<Result> {
    if (this.#held === 0) {
      const result = work()
      if (!(result instanceof Promise)) return result
      return this.#hold(result)
    }
    return this.#hold(this.#last.then(work))
  }

  #hold<Result>(result: Promise<Result>): Promise<Result> {
    this.#held++
    const release = (): void => {
      this.#held--
    }
    this.#last = result.then(release, release)
    return result
  }
}

let lastTurn = performance.now()

/** Lets the event loop turn (messages, cancels, heartbeats) if it has not for `everyMs`; costs nothing otherwise. */
export async function breathe(everyMs = 8): Promise<void> {
  if (performance.now() - lastTurn < everyMs) return
  await new Promise<void>((resolve) => setImmediate(resolve))
  lastTurn = performance.now()
}
