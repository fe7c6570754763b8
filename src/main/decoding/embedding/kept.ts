/** Keeps the last few results of something costly, by a key that says what they were made of. A failure is not kept. */
export class Kept<T> {
  readonly #results = new Map<string, Promise<T>>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(key: string, make: () => Promise<T>): Promise<T> {
    const result = this.#results.get(key) ?? make()
    this.#results.delete(key)
    this.#results.set(key, result)
    result.catch(() => this.#results.delete(key))
    if (this.#results.size > this.#most) this.#results.delete(this.#results.keys().next().value as string)
    return result
  }
}
