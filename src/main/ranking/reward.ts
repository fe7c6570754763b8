export type RewardRule = 'mean' | 'worst' | 'uncertainty' | 'median'

/**
 * Several scorers' opinions of one candidate as one number: mean, worst case, `mean - penalty · variance` (population), or median. No opinions: NaN.
 * Coste et al. 2023, arXiv:2310.02743.
 */
export function combineRewards(rewards: readonly number[], rule: RewardRule, penalty = 0.5): number {
  const n = rewards.length
  if (n === 0) return Number.NaN
  const mean = rewards.reduce((sum, value) => sum + value, 0) / n
  if (rule === 'mean') return mean
  if (rule === 'worst') return Math.min(...rewards)
  if (rule === 'uncertainty') return mean - (penalty * rewards.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / n
  const sorted = [...rewards].sort((a, b) => a - b)
  return n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2
}

/** Each scorer's column brought to mean 0 and standard deviation 1, so that none shouts; a constant column becomes 0. rows [candidates][scorers] → new rows. */
export function standardise(rows: readonly (readonly number[])[]): number[][] {
  const columns = rows[0]?.length ?? 0
  const moments = Array.from({ length: columns }, (_, j) => {
    const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length
    return { mean, deviation: Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / rows.length) }
  })
  return rows.map((row) => row.map((value, j) => (moments[j]!.deviation === 0 ? 0 : (value - moments[j]!.mean) / moments[j]!.deviation)))
}
