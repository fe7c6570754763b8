import { Reputation } from './reputation'

/**
 * What each further token of a pass costs, the first being 1: measured 0.5 to 0.6 for SmolLM2 (135M, 4 bits) and Gemma 3 (270M) on two cores, where
 * arithmetic bounds a pass and not memory. On a GPU it is far less; then drafts are a little shorter than they might be.
 */
const furtherToken = 0.55
/** Rounds without a guess after which a text that was not predictable is tried again, at most. */
const longestRest = 16
const memory = 0.8
/** Shorter ones happen by chance: in stories and lists of the starter model they misled. */
const longStreak = 24
/** what a text counts for before it has shown how predictable it is */
const hopeful = { right: 8, judged: 9 }

/**
 * How many tokens to guess where a guess costs nothing but the pass that checks it: as many as bring most tokens for the cost of the pass, given how
 * often the last guesses were right. Where no length pays it rests, for twice as many rounds each time, and then tries one token.
 * A rule of counts, not of clocks, so that a run repeats.
 */
export class GuessLength {
  #reputation = new Reputation(memory, hopeful)
  #length: number
  #rest = 0
  #nextRest = 1

  /** adaptive: false keeps to `most`. */
  constructor(
    readonly most: number,
    readonly adaptive: boolean,
  ) {
    this.#length = adaptive ? this.#best() : most
  }

  /**
   * 0 while it rests. streak: how many of the last tokens, the prompt's too, the same guesses were right about one after another. A long one says more than the
   * few guesses since a text began to repeat itself: of s right ones the next is right in s of s + 1 cases.
   */
  after(streak = 0): number {
    if (this.#rest > 0) return 0
    if (!this.adaptive || streak < longStreak) return this.#length
    const share = streak / (streak + 1)
    return Math.max(
      this.#length,
      this.#best((length) => (share * (1 - share ** length)) / (1 - share)),
    )
  }

  /** After every round; `drafted` 0: nothing was guessed. */
  learn(drafted: number, accepted: number): void {
    if (!this.adaptive) return
    if (drafted === 0) {
      this.#rest = Math.max(0, this.#rest - 1)
      return
    }
    if (accepted > 0 && this.#nextRest > 1) this.#reputation = new Reputation(memory, hopeful) // it has begun to repeat itself
    this.#reputation.learn(accepted, Math.min(drafted, accepted + 1))
    if (accepted > 0) this.#nextRest = 1
    this.#length = this.#best()
    if (this.#length > 0) return
    this.#length = 1
    this.#rest = this.#nextRest
    this.#nextRest = Math.min(longestRest, 2 * this.#nextRest)
  }

  /** The length with most tokens a cost; 0 where none brings more than decoding plainly. */
  #best(expected = (length: number): number => this.#reputation.expected(length)): number {
    let best = 0
    let most = 1
    for (let length = 1; length <= this.most; length++) {
      const gain = (1 + expected(length)) / (1 + furtherToken * length)
      if (gain <= most) continue
      best = length
      most = gain
    }
    return best
  }
}
