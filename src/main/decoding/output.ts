import type { Decoded } from '../models/model'
import type { Vocabulary } from './source'
import { TextStream } from './text-stream'

/** What was written so far: tokens, their text, their log-probability, and why it ended. */
export class Output {
  readonly tokens: number[] = []
  readonly #vocabulary: Vocabulary
  readonly #stream: TextStream
  readonly #limit: number
  readonly #ends: ReadonlySet<number>
  #logprob = 0
  #finish: Decoded['finish'] | undefined

  constructor(vocabulary: Vocabulary, stop: readonly string[], limit: number) {
    this.#vocabulary = vocabulary
    this.#stream = new TextStream(stop)
    this.#limit = limit
    this.#ends = new Set(vocabulary.endTokens)
  }

  get text(): string {
    return this.#stream.text
  }

  /** Σ log p of the tokens, the end token included. */
  get logprob(): number {
    return this.#logprob
  }

  /** undefined while it goes on */
  get finish(): Decoded['finish'] | undefined {
    return this.#finish
  }

  /** An end token ends the text and is not kept. */
  push(token: number, logprob: number): void {
    this.#logprob += logprob
    if (this.#ends.has(token)) {
      this.#finish = 'end'
      return
    }
    this.tokens.push(token)
    this.#stream.push(this.#vocabulary.pieceBytes(token))
    if (this.#stream.isStopped) this.#finish = 'stop'
    else if (this.tokens.length >= this.#limit) this.#finish = 'length'
  }

  /** A model has no room for more. */
  endByLength(): void {
    this.#finish ??= 'length'
  }

  /** Text that may be shown and was not yet. */
  take(isLast: boolean): string {
    return this.#stream.take(isLast)
  }
}
