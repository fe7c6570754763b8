import type { MatrixProduct } from './matrix-products'

/** Adds −log p of the tokens from `first` on, and the entropies of the distributions that predicted them. */
export function predict(
  { outputs, outputWidth }: Pick<MatrixProduct, 'outputs' | 'outputWidth'>,
  tokens: readonly number[],
  first: number,
  into: { scored: number; nats: number; entropy: number },
): void {
  for (let position = Math.max(1, first); position < tokens.length; position++) {
    const logits = outputs.subarray((position - 1) * outputWidth, position * outputWidth)
    let largest = -Infinity
    for (const logit of logits) if (logit > largest) largest = logit
    let total = 0
    let weighted = 0
    for (const logit of logits) {
      const mass = Math.exp(logit - largest)
      total += mass
      weighted += mass * (logit - largest)
    }
    const logTotal = Math.log(total)
    into.scored++
    into.nats += logTotal + largest - (logits[tokens[position] as number] as number)
    into.entropy += logTotal - weighted / total
  }
}
