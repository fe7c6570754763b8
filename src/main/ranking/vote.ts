export interface Ballot {
  /** what counts as the same answer; null: no answer could be read, which counts in the total and votes for nothing */
  readonly key: string | null
  readonly weight?: number
}

export interface Count {
  readonly key: string
  readonly weight: number
  /** of all weight cast, unreadable ballots included */
  readonly share: number
  /** the first ballot for it */
  readonly first: number
}

/** Weighted majority: answers by total weight, ties by first seen. Negative and NaN weights count 0. No ballots give an empty list. */
export function countVotes(ballots: readonly Ballot[]): Count[] {
  const weightOf = (ballot: Ballot) => Math.max(0, ballot.weight ?? 1) || 0
  const total = ballots.reduce((sum, ballot) => sum + weightOf(ballot), 0)
  const counts = new Map<string, { weight: number; first: number }>()
  for (const [first, ballot] of ballots.entries()) {
    if (ballot.key === null) continue
    const count = counts.get(ballot.key) ?? { weight: 0, first }
    counts.set(ballot.key, { ...count, weight: count.weight + weightOf(ballot) })
  }
  return [...counts]
    .map(([key, { weight, first }]) => ({ key, weight, first, share: total === 0 ? 0 : weight / total }))
    .sort((a, b) => b.weight - a.weight || a.first - b.first)
}

/** The best weight for a voter of known accuracy, when errors are independent and there are two answers: its log-odds. Accuracy 0 and 1 are held off by 1e-6. */
export function logOddsWeight(accuracy: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, accuracy))
  return Math.log(p / (1 - p))
}

/** Mean reciprocal rank of each answer over the lists, 0 where a list has it not. Best first, ties by first seen. Barabucci et al. 2024. */
export function countRankedLists(lists: readonly (readonly string[])[]): { key: string; score: number }[] {
  const scores = new Map<string, number>()
  for (const list of lists)
    for (const [position, key] of [...new Set(list)].entries()) scores.set(key, (scores.get(key) ?? 0) + 1 / (position + 1) / lists.length)
  return [...scores].map(([key, score]) => ({ key, score })).sort((a, b) => b.score - a.score)
}
