/** An answer for comparison: lower-case, no punctuation, no articles, single spaces (the SQuAD rule). */
export function normaliseAnswer(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

export const wordsOf = (text: string): string[] => normaliseAnswer(text).split(' ').filter(Boolean)

/** Harmonic mean of precision and recall over words, counted as multisets. Both empty: 1; one empty: 0. */
export function tokenF1(a: string, b: string): number {
  const [x, y] = [wordsOf(a), wordsOf(b)]
  if (x.length === 0 || y.length === 0) return x.length === y.length ? 1 : 0
  const left = new Map<string, number>()
  for (const word of x) left.set(word, (left.get(word) ?? 0) + 1)
  let shared = 0
  for (const word of y) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    left.set(word, count - 1)
    shared += 1
  }
  return (2 * shared) / (x.length + y.length)
}

/** ROUGE-L over words as they stand: longest common subsequence as precision, recall and F. Either side empty: all 0. Lin 2004. */
export function rougeL(candidate: readonly string[], reference: readonly string[]): { precision: number; recall: number; f: number } {
  const common = longestCommonSubsequence(candidate, reference)
  if (common === 0) return { precision: 0, recall: 0, f: 0 }
  const precision = common / candidate.length
  const recall = common / reference.length
  return { precision, recall, f: (2 * precision * recall) / (precision + recall) }
}

export function longestCommonSubsequence<T>(a: readonly T[], b: readonly T[]): number {
  let before = new Uint32Array(b.length + 1)
  for (const item of a) {
    const row = new Uint32Array(b.length + 1)
    for (const [j, other] of b.entries()) row[j + 1] = item === other ? before[j]! + 1 : Math.max(before[j + 1]!, row[j]!)
    before = row
  }
  return before[b.length]!
}

/** Levenshtein distance with unit costs, over characters or any items. */
export function editDistance<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  let before = Uint32Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 0; i < a.length; i += 1) {
    const row = new Uint32Array(b.length + 1)
    row[0] = i + 1
    for (let j = 0; j < b.length; j += 1) row[j + 1] = Math.min(before[j + 1]! + 1, row[j]! + 1, before[j]! + (a[i] === b[j] ? 0 : 1))
    before = row
  }
  return before[b.length]!
}
