/**
 * How many tokens to draft next, from how the last drafts fared: two more after a draft that survived whole, one fewer after any other, within [least, most].
 * A rule of counts, not of clocks, so that a run repeats.
 */
export class DraftLength {
  readonly #least: number
  readonly #most: number
  #length: number

  constructor(start: number, least: number, most: number) {
    this.#least = Math.max(1, Math.min(least, most))
    this.#most = most
    this.#length = Math.min(most, Math.max(this.#least, start))
  }

  get current(): number {
    return this.#length
  }

  /** `drafted` 0 says nothing. */
  learn(drafted: number, accepted: number): void {
    if (drafted === 0) return
    const next = accepted >= drafted ? this.#length + 2 : this.#length - 1
    this.#length = Math.min(this.#most, Math.max(this.#least, next))
  }
}
