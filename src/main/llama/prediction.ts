import { kernel } from '../decoding/kernel/index'

/** How well texts are predicted: tokens, −log p in all, and the entropy of the distributions that predicted them, in nats. */
export class Prediction {
  scored = 0
  nats = 0
  entropy = 0
  #row: Float32Array | undefined

  /** Adds the tokens from `first` on. `logits` [tokens × width], one row a token. */
  add(logits: Float32Array, width: number, tokens: readonly number[], first: number): void {
    this.#row ??= kernel.allocate(1, width)[0] as Float32Array
    const row = this.#row
    for (let position = Math.max(1, first); position < tokens.length; position++) {
      row.set(logits.subarray((position - 1) * width, position * width))
      const max = kernel.maximum(row)
      const { total, weighted } = kernel.moments(row, max)
      const logZ = max + Math.log(total)
      this.scored++
      this.nats += logZ - (row[tokens[position] as number] as number)
      this.entropy += logZ - weighted / total
    }
  }

  get sums(): { readonly scored: number; readonly nats: number; readonly entropy: number } {
    const { scored, nats, entropy } = this
    return { scored, nats, entropy }
  }

  close(): void {
    if (this.#row) kernel.release([this.#row])
    this.#row = undefined
  }
}
