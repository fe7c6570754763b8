/**
 * `preference[i][j]`: how much more the judge likes i than j when i stood first, as a logit (log P(first) - log P(second)); 0 on the diagonal. The two orders
 * `[i][j]` and `[j][i]` are two opinions; together `[i][j] - [j][i]` has no liking for a place.
 */
export type Preference = readonly (readonly number[])[]

export type PairwiseRule = 'max-logits' | 'max-wins' | 'copeland' | 'bradley-terry'

/** One score per candidate, greater is better. PairRanker's rules (Jiang et al. 2023, arXiv:2306.02561), Copeland's, and Bradley and Terry's. */
export function aggregatePairs(preference: Preference, rule: PairwiseRule): number[] {
  const n = preference.length
  const indices = Array.from({ length: n }, (_, index) => index)
  const both = (i: number, j: number) => preference[i]![j]! - preference[j]![i]!
  const sum = (i: number, term: (j: number) => number) => indices.reduce((total, j) => (j === i ? total : total + term(j)), 0)
  switch (rule) {
    case 'max-logits':
      return indices.map((i) => sum(i, (j) => both(i, j)))
    case 'max-wins':
      return indices.map((i) => sum(i, (j) => Number(preference[i]![j]! > 0) + Number(preference[j]![i]! < 0)))
    case 'copeland':
      return indices.map((i) => sum(i, (j) => Math.sign(both(i, j))))
    case 'bradley-terry':
      return bradleyTerry(indices.map((i) => indices.map((j) => (i === j ? 0 : sigmoid(both(i, j) / 2)))))
    default:
      return rule satisfies never
  }
}

/**
 * Strengths (natural logarithms, mean 0) that best explain shares of wins: `wins[i][j]` of i over j, here probabilities. Minorisation-maximisation after Hunter 2004;
 * half a win and half a loss against a middling opponent keep one who never loses finite. Rounded to 1e-8, so that equals come out equal.
 */
export function bradleyTerry(wins: readonly (readonly number[])[], rounds = 500): number[] {
  const n = wins.length
  let strength = Array<number>(n).fill(1)
  for (let round = 0; round < rounds; round += 1) {
    const next = strength.map((own, i) => {
      let won = 0.5
      let expected = 1 / (own + 1)
      for (let j = 0; j < n; j += 1) {
        if (j === i) continue
        won += wins[i]![j]!
        expected += (wins[i]![j]! + wins[j]![i]!) / (own + strength[j]!)
      }
      return won / expected
    })
    const change = Math.max(0, ...next.map((value, i) => Math.abs(Math.log(value / strength[i]!))))
    strength = next
    if (change < 1e-10) break
  }
  const logs = strength.map(Math.log)
  const mean = logs.reduce((total, value) => total + value, 0) / Math.max(1, n)
  return logs.map((value) => Math.round((value - mean) * 1e8) / 1e8)
}

/** One pass over `order`: the winner stays and meets the next; the first wins only if clearly better. n - 1 comparisons. Returns the winner's index. */
export function bubble(order: readonly number[], compare: (a: number, b: number) => number): number {
  return order.slice(1).reduce((winner, challenger) => (compare(winner, challenger) > 0 ? winner : challenger), order[0] ?? -1)
}

/** 1 for the greatest score; equal scores share a rank, and the ranks after it are skipped. */
export const ranksOf = (scores: readonly number[]): number[] => scores.map((score) => 1 + scores.filter((other) => other > score).length)

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
