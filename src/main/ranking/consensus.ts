/**
 * Minimum Bayes risk by mutual likeness: for each item the mean of `utility(item, other)` over all others; alone it scores 1. The best answer is the one most like the
 * rest. `utility` need not be symmetric.
 */
export function consensusScores<T>(items: readonly T[], utility: (candidate: T, reference: T) => number): number[] {
  if (items.length === 1) return [1]
  return items.map((item, index) => {
    const others = items.filter((_, other) => other !== index)
    return others.reduce((sum, other) => sum + utility(item, other), 0) / others.length
  })
}

/**
 * Ensemble-Instruct (Lee et al. 2023): of three outputs, the first if it equals another, else the second if it equals the third, else the one most like the other two
 * unless two are all but unrelated (least pair at most `least`). null: no agreement.
 */
export function agreeOfThree(
  outputs: readonly [string, string, string],
  likeness: (a: string, b: string) => number,
  least = 0.01,
): number | null {
  const [a, b, c] = outputs
  if (a === b || a === c) return 0
  if (b === c) return 1
  const pairs = [likeness(a, b), likeness(a, c), likeness(b, c)] as const
  if (Math.min(...pairs) <= least) return null
  const sums = [pairs[0] + pairs[1], pairs[0] + pairs[2], pairs[1] + pairs[2]]
  const best = sums.indexOf(Math.max(...sums))
  return outputs[best] === '' ? null : best
}

/** Greedy matching of token vectors: BERTScore without a reference corpus. `similarity[i][j]` of candidate token i and reference token j. Zhang et al. 2020. */
export function matchScore(similarity: readonly (readonly number[])[]): { precision: number; recall: number; f: number } {
  const columns = similarity[0]?.length ?? 0
  if (columns === 0) return { precision: 0, recall: 0, f: 0 }
  const precision = similarity.reduce((sum, row) => sum + Math.max(...row), 0) / similarity.length
  let recall = 0
  for (let j = 0; j < columns; j += 1) recall += Math.max(...similarity.map((row) => row[j]!)) / columns
  return { precision, recall, f: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}
