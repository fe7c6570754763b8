import type { RunContext } from '../node-runtime'

/**
 * What the window hears of a node that counts its work while its models count theirs: one bar. Texts that models are done with are parts of the one that the node
 * is at, never all of it, and never a step back where it asks its models twice for one; where the node counts nothing, they are told as they are.
 */
export class Counting {
  #own: { readonly done: number; readonly total: number; readonly unit: string } | undefined
  /** how far it was told to be, in the node's own count */
  #reached = 0
  #areTextsLeft = false

  constructor(readonly tell: RunContext['progress']) {}

  /** what the node counts itself */
  own(done: number, total: number, unit: string): void {
    this.#own = done < total ? { done, total, unit } : undefined
    this.#reached = done
    this.tell(done, total, unit)
  }

  /** what a model is done with, of texts that the node asked for together */
  texts(done: number, total: number): void {
    this.#areTextsLeft = done < total
    if (this.#own === undefined) {
      this.tell(done, total, 'texts')
      return
    }
    const reached = this.#own.done + done / total
    if (done >= total || reached <= this.#reached) return
    this.#reached = reached
    this.tell(reached, this.#own.total, this.#own.unit)
  }

  /** Whether the tokens of a prompt may be told: they would be in the way of the node's own count, which goes on by texts. */
  get tellsTokens(): boolean {
    return this.#own === undefined || !this.#areTextsLeft
  }
}
