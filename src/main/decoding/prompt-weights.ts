import { kernel } from './kernel/index'
import { Row } from './row'

/** λ = softmax(−loss/τ): at τ = 1 inversely proportional to perplexity. PackLLM-sim, Mavromatis et al. 2024. */
export function weightsByLoss(losses: readonly number[], temperature: number): number[] {
  const least = Math.min(...losses)
  const weights = losses.map((loss) => Math.exp((least - loss) / temperature))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** The grid of shares that the greedy search tries: 0, .05, …, 1. */
export const shares: readonly number[] = Array.from({ length: 21 }, (_, i) => i / 20)

/**
 * Loss of each share in `shares` for λ·current + (1−λ)·next in logit space, summed over positions: call `add` for each, then `best`.
 * current: members with their weights so far.
 */
export class ShareSearch {
  readonly #losses = new Float64Array(shares.length)
  readonly #mixed: Row

  constructor(size: number) {
    this.#mixed = new Row(new Float32Array(size))
  }

  add(rows: readonly Row[], weights: readonly number[], next: Row, label: number): void {
    shares.forEach((share, i) => {
      kernel.combine(
        [...rows.map((row) => row.values), next.values],
        [...weights.map((weight) => weight * share), 1 - share],
        this.#mixed.values,
      )
      this.#mixed.touch()
      this.#losses[i] = (this.#losses[i] as number) - this.#mixed.logprob(label)
    })
  }

  /** The share with the least loss, the first among equals. */
  best(): number {
    let best = 0
    for (let i = 1; i < shares.length; i++) if ((this.#losses[i] as number) < (this.#losses[best] as number) - 1e-9) best = i
    return shares[best] as number
  }

  /** Summed loss at the best share, in nats. */
  get least(): number {
    return Math.min(...this.#losses)
  }
}
