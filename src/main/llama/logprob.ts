/** log Σ exp(x) of a row of logits; the largest is subtracted first. −Infinity for a row of −Infinity. */
export function logSumExp(row: Float32Array): number {
  let max = -Infinity
  for (let i = 0; i < row.length; i++) {
    const x = row[i] as number
    if (x > max) max = x
  }
  if (max === -Infinity) return max
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += Math.exp((row[i] as number) - max)
  return max + Math.log(sum)
}

/** Natural log-probability of a token under a row of logits [V]. */
export const logProbability = (row: Float32Array, token: number): number => (row[token] as number) - logSumExp(row)

/** Natural log-probability that one of several tokens comes next: log Σ p. */
export function logProbabilityOfAny(row: Float32Array, tokens: readonly number[]): number {
  return logSumExp(Float32Array.from(tokens, (token) => row[token] as number)) - logSumExp(row)
}

/** Shannon entropy of softmax(row), in nats; 0 for a row of −Infinity. */
export function entropyOf(row: Float32Array): number {
  const logZ = logSumExp(row)
  if (logZ === -Infinity) return 0
  let entropy = 0
  for (let i = 0; i < row.length; i++) {
    const logprob = (row[i] as number) - logZ
    if (logprob > -Infinity) entropy -= Math.exp(logprob) * logprob
  }
  return entropy
}
