/** Takes long work step by step, so that the event loop turns in between and a stop is heard. */
export async function inTurns<T>(steps: Generator<undefined, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted()
    const { done, value } = steps.next()
    if (done) return value
    await new Promise((turn) => setImmediate(turn))
  }
}
