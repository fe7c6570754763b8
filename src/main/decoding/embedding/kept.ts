/** Keeps the last few results of something costly, by a key that says what they were made of. A failure is not kept. */
export class Kept<T> {
  readonly #results = new Map<string, Promise<T>>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Who finds another's making stopped makes it anew. */
  async get(key: string, make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const known = this.#results.get(key)
    if (known === undefined) return this.#keep(key, make())
    try {
      return await this.#keep(key, known)
    } catch (thrown) {
      if (signal === undefined || signal.aborted) throw thrown
      return this.#keep(key, make())
    }
  }

  #keep(key: string, result: Promise<T>): Promise<T> {
    this.#results.delete(key)
    this.#results.set(key, result)
    result.catch(() => this.#results.delete(key))
    if (this.#results.size > this.#most) this.#results.delete(this.#results.keys().next().value as string)
    return result
  }
}
