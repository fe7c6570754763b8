/**
 * How often the tokens of a drafter were right. Every guess counts; what it counts fades by `memory` with each later one. Begins as if tokens had been
 * judged already, so that everybody is tried.
 */
export class Reputation {
  #right: number
  #judged: number
  #guesses = 1

  /** memory in 0..1; before: tokens that count as judged and as right at first */
  constructor(
    readonly memory: number,
    before: { readonly right: number; readonly judged: number } = { right: 1, judged: 2 },
  ) {
    this.#right = before.right
    this.#judged = before.judged
  }

  /** Of a guess `judged` tokens could be judged (none after the first wrong one), and the first `right` of them were right. */
  learn(right: number, judged: number): void {
    this.#right = this.memory * this.#right + right
    this.#judged = this.memory * this.#judged + judged
    this.#guesses = this.memory * this.#guesses + 1
  }

  /** chance that a token is right if those before it were; (0, 1) */
  get acceptance(): number {
    return (this.#right + 0.5) / (this.#judged + 1)
  }

  /** tokens that a guess has brought on average */
  get perGuess(): number {
    return this.#right / this.#guesses
  }

  /** Tokens that a guess of this length is expected to bring: a + a² + … (Leviathan 2023, eq. 1, the target's own token left out). */
  expected(length: number): number {
    const a = this.acceptance
    return (a * (1 - a ** length)) / (1 - a)
  }
}
