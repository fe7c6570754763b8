import type { TokenDelta } from '../models/model'

/** Joins deltas so that at most one leaves every `everyMs`: a screen shows no more, and each message costs both processes time. */
export class TokenBatcher {
  #pending: TokenDelta | undefined
  #timer: NodeJS.Timeout | undefined
  #lastSent = Number.NEGATIVE_INFINITY

  constructor(
    readonly send: (delta: TokenDelta) => void,
    readonly everyMs = 33,
  ) {}

  push(delta: TokenDelta): void {
    this.#pending = this.#pending ? joinDeltas(this.#pending, delta) : delta
    const wait = this.#lastSent + this.everyMs - performance.now()
    if (wait <= 0) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), wait)
  }

  /** Sends what is left; call it before the result. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#pending) return
    this.#lastSent = performance.now()
    const delta = this.#pending
    this.#pending = undefined
    this.send(delta)
  }
}

export const joinDeltas = (a: TokenDelta, b: TokenDelta): TokenDelta => ({
  text: a.text + b.text,
  tokens: a.tokens + b.tokens,
  accepted: a.accepted + b.accepted,
  rejected: a.rejected + b.rejected,
})
