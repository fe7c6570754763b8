/** Rounds without a draft after which a text that was not predictable is tried again, at most. */
const longestRest = 16

/**
 * How many tokens to draft next, from how the last drafts fared: two more after a draft that survived whole, one fewer after any other, within
 * [least, most]. Where drafts of one token keep failing it rests, for twice as many rounds each time, because a refused guess costs more than none.
 * A rule of counts, not of clocks, so that a run repeats.
 */
export class DraftLength {
  readonly #least: number
  readonly #most: number
  readonly #mayRest: boolean
  #length: number
  #rest = 0
  #nextRest = 1

  /** adaptive: false keeps to `most`. */
  constructor(most: number, adaptive: boolean) {
    this.#most = most
    this.#least = adaptive ? 1 : most
    this.#mayRest = adaptive
    this.#length = adaptive ? Math.ceil(most / 2) : most
  }

  /** 0 while it rests */
  get current(): number {
    return this.#rest > 0 ? 0 : this.#length
  }

  /** After every round; `drafted` 0: nothing was guessed. */
  learn(drafted: number, accepted: number): void {
    if (drafted === 0) {
      this.#rest = Math.max(0, this.#rest - 1)
      return
    }
    if (accepted > 0) this.#nextRest = 1
    else if (this.#mayRest && this.#length === 1) {
      this.#rest = this.#nextRest
      this.#nextRest = Math.min(longestRest, 2 * this.#nextRest)
    }
    const next = accepted >= drafted ? this.#length + 2 : this.#length - 1
    this.#length = Math.min(this.#most, Math.max(this.#least, next))
  }
}
